// Puts variables into queries, titles and links the way Grafana does: $name, ${name}, ${name:format}, [[name]].
// A variable is { value: string | string[], text, isAll, allValue, isMulti }. Unknown names stay as they are written,
// so that a typing error is seen and not swallowed.

const pattern = /\$(\w+)|\$\{(\w+)(?:\.[^:}]+)?(?::([^}]+))?\}|\[\[(\w+)(?::(\w+))?\]\]/g;
const list = (value) => (Array.isArray(value) ? value : [value]).map(String);

// Inside a PromQL string a backslash must itself be escaped, hence the doubled ones.
const insideString = (text) => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"');
const asRegex = (text) =>
  text
    .replace(/\\/g, '\\\\\\\\')
    .replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&')
    .replace(/"/g, '\\"');

function forQuery(variable) {
  if (variable.isAll && variable.allValue) return variable.allValue;
  if (!variable.isMulti) return insideString(list(variable.value)[0] ?? '');
  const escaped = list(variable.value).map(asRegex);
  return escaped.length === 1 ? escaped[0] : `(${escaped.join('|')})`;
}

const formats = {
  raw: (values) => values.join(','),
  csv: (values) => values.join(','),
  pipe: (values) => values.join('|'),
  glob: (values) => (values.length === 1 ? values[0] : `{${values.join(',')}}`),
  regex: (values) => {
    const escaped = values.map((value) => value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&'));
    return escaped.length === 1 ? escaped[0] : `(${escaped.join('|')})`;
  },
  doublequote: (values) => values.map((value) => `"${value.replace(/"/g, '\\"')}"`).join(','),
  singlequote: (values) => values.map((value) => `'${value.replace(/'/g, "\\'")}'`).join(','),
  percentencode: (values) => encodeURIComponent(values.length === 1 ? values[0] : `{${values.join(',')}}`),
  text: (values, variable) => variable.text,
  queryparam: (values, variable, name) =>
    (variable.isAll ? ['$__all'] : values).map((value) => `var-${name}=${encodeURIComponent(value)}`).join('&'),
};

function formatted(variable, format, name) {
  if (variable.isAll && variable.allValue && !['text', 'queryparam'].includes(format)) return variable.allValue;
  const write = formats[format];
  if (!write) throw new Error(`variable format "${format}" is not known`);
  return write(list(variable.value), variable, name);
}

function replace(text, variables, plain) {
  return String(text).replace(pattern, (whole, a, b, formatB, c, formatC) => {
    const name = a || b || c;
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (!variable) return whole;
    const format = formatB || formatC;
    return format ? formatted(variable, format, name) : plain(variable, name);
  });
}

export const interpolateQuery = (text, variables) => replace(text, variables, forQuery);
export const interpolateText = (text, variables) => replace(text, variables, (variable) => variable.text);
export const interpolateLink = (text, variables) =>
  replace(text, variables, (variable, name) => formatted(variable, 'glob', name));

// A variable with one fixed value: the built-in ones and repeats.
export const fixed = (value) => ({ value: String(value), text: String(value), isAll: false, isMulti: false });
