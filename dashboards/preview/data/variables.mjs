// Finds out what a dashboard's variables can be and are: data source, query (label_values, query_result, ...), custom,
// constant, interval and textbox. Values that a page asks for win over the dashboard's own. A kind that is not known is
// an error, never an empty list.
import { interpolateQuery, fixed } from './interpolate.mjs';
import { roundedStep, durationMs, durationText } from './interval.mjs';

const option = (value, text = value) => ({ value: String(value), text: String(text) });

const calls = [
  [/^label_values\(\s*(\w+)\s*\)$/s, ({ api, from, to }, [label]) => api.labelValues(label, null, from, to)],
  [/^label_values\((.+),\s*(\w+)\s*\)$/s, ({ api, from, to }, [match, label]) => api.labelValues(label, match, from, to)],
  [/^label_names\(\)$/, ({ api, from, to }) => api.labelNames(from, to)],
  [
    /^metrics\((.+)\)$/s,
    async ({ api, from, to }, [wanted]) =>
      (await api.labelValues('__name__', null, from, to)).filter((name) => new RegExp(wanted).test(name)),
  ],
  [
    /^query_result\((.+)\)$/s,
    async ({ api, to }, [query]) => {
      const { result } = await api.instant(query, to);
      return result.map(({ metric, value }) => {
        const { __name__: name = '', ...labels } = metric;
        const inside = Object.entries(labels)
          .map(([key, text]) => `${key}="${text}"`)
          .join(',');
        return `${name}{${inside}} ${value[1]} ${value[0] * 1000}`;
      });
    },
  ],
];

async function answersOf(query, context) {
  for (const [shape, call] of calls) {
    const match = shape.exec(query.trim());
    if (match) return call(context, match.slice(1));
  }
  throw new Error(`variable query "${query}" is not known`);
}

// The regex of a variable either filters, or picks a part: group 1, or the groups "value" and "text".
function picked(answers, regex) {
  if (!regex) return answers.map((answer) => option(answer));
  const [, body, flags] = /^\/(.*)\/([gimsu]*)$/s.exec(regex) || [null, regex, ''];
  const shape = new RegExp(body, flags.replace('g', ''));
  return answers.flatMap((answer) => {
    const match = shape.exec(answer);
    if (!match) return [];
    const value = match.groups?.value ?? match[1] ?? match[0];
    return [option(value, match.groups?.text ?? value)];
  });
}

function sorted(options, sort) {
  const by = { 1: 'text', 2: 'text', 3: 'number', 4: 'number', 5: 'folded', 6: 'folded' }[sort];
  if (!by) return options;
  const key = {
    text: ({ text }) => text,
    folded: ({ text }) => text.toLowerCase(),
    number: ({ text }) => Number(/\d+/.exec(text)?.[0] ?? -1),
  }[by];
  const compare = (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
  const result = [...options].sort(compare);
  return sort % 2 ? result : result.reverse();
}

const unique = (options) => [...new Map(options.map((each) => [each.value, each])).values()];

// "a,b" and "text : value, ..." as custom variables write them.
const customOptions = (query) =>
  String(query || '')
    .split(/(?<!\\),/)
    .map((piece) => piece.trim())
    .filter(Boolean)
    .map((piece) => {
      const [, text, value] = /^(.+)\s:\s(.+)$/s.exec(piece) || [null, piece, piece];
      return option(value, text);
    });

async function optionsOf(variable, context) {
  const plain = typeof variable.query === 'object' ? variable.query?.query : variable.query;
  switch (variable.type) {
    case 'datasource':
      return [option('preview')];
    case 'query': {
      const answers = await answersOf(interpolateQuery(plain || '', context.known), context);
      return sorted(unique(picked(answers, variable.regex)), variable.sort);
    }
    case 'custom':
      return customOptions(plain);
    case 'constant':
      return [option(plain)];
    case 'textbox':
      return [option(plain ?? '')];
    case 'interval': {
      const options = customOptions(plain);
      if (!variable.auto) return options;
      const step = Math.max(
        durationMs(variable.auto_min || '10s'),
        roundedStep((context.to - context.from) / (variable.auto_count || 30)),
      );
      return [option(durationText(step), 'auto'), ...options];
    }
    default:
      throw new Error(`variable "${variable.name}" has the kind "${variable.type}", which the preview does not know`);
  }
}

const asList = (value) => (value === undefined || value === null || value === '' ? [] : [value].flat().map(String));

function chosen(variable, options, asked) {
  const valid = (values) => values.filter((value) => variable.type === 'textbox' || options.some((each) => each.value === value));
  const isAll = (values) => values.includes('$__all');
  for (const values of [asList(asked), asList(variable.current?.value)]) {
    if (variable.includeAll && isAll(values)) return '$__all';
    if (valid(values).length) return valid(values);
  }
  if (variable.includeAll) return '$__all';
  return options.slice(0, 1).map(({ value }) => value);
}

function settled(variable, options, asked, allText) {
  const pick = chosen(variable, options, asked);
  const isMulti = Boolean(variable.multi || variable.includeAll);
  const shared = {
    isMulti,
    allValue: variable.allValue,
    options,
    hide: variable.hide,
    label: variable.label || variable.name,
    type: variable.type,
  };
  if (pick === '$__all') return { ...shared, isAll: true, value: options.map(({ value }) => value), text: allText };
  const text = pick.map((value) => options.find((each) => each.value === value)?.text ?? value).join(' + ');
  return { ...shared, isAll: false, value: isMulti ? pick : (pick[0] ?? ''), text };
}

// In the dashboard's order, since a later variable may use an earlier one.
export async function resolveVariables(dashboard, { api, from, to, asked = {}, allText = 'All', builtIn = {} }) {
  const known = { ...builtIn };
  const own = {};
  for (const variable of dashboard.templating?.list || []) {
    if (variable.type === 'adhoc') continue; // nothing is filtered until a reader adds a filter
    const options = await optionsOf(variable, { api, from, to, known });
    own[variable.name] = settled(variable, options, asked[variable.name], allText);
    known[variable.name] = own[variable.name];
  }
  return { known, own };
}

// What Grafana itself knows in every dashboard.
export function builtInVariables({ dashboard, from, to, interval = 15000, rate = 60000 }) {
  const range = to - from;
  return {
    __interval: fixed(durationText(interval)),
    __interval_ms: fixed(interval),
    __rate_interval: fixed(durationText(rate)),
    __range: fixed(Math.round(range / 1000) + 's'),
    __range_s: fixed(Math.round(range / 1000)),
    __range_ms: fixed(range),
    __from: fixed(from),
    __to: fixed(to),
    __dashboard: fixed(dashboard.title || ''),
    __url_time_range: fixed(`from=${from}&to=${to}`),
  };
}
