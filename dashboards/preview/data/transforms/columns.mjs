// Transformations that choose, name and convert columns; the rows stay as they are.
import { lengthOf } from '../frames.mjs';
import { regexFrom } from '../matchers.mjs';
import { nameOf } from '../names.mjs';

const renamed = (field, name) => ({ ...field, config: { ...field.config, displayName: name } });

function organize(frames, { excludeByName = {}, indexByName = {}, renameByName = {}, includeByName = {} }) {
  const listed = Object.values(includeByName).some(Boolean);
  return frames.map((frame) => {
    const named = frame.fields.map((field) => ({ field, name: nameOf(field, frames) }));
    const kept = named.filter(({ name }) => !excludeByName[name] && (!listed || includeByName[name]));
    const place = ({ name }) => indexByName[name] ?? Infinity;
    const ordered = Object.keys(indexByName).length
      ? [...kept].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)))
      : kept;
    return {
      ...frame,
      fields: ordered.map(({ field, name }) => (renameByName[name] ? renamed(field, renameByName[name]) : field)),
    };
  });
}

function filterFieldsByName(frames, { include, exclude }) {
  const meant = (wanted, name) =>
    Boolean(wanted) && ((wanted.names || []).includes(name) || (wanted.pattern ? regexFrom(wanted.pattern).test(name) : false));
  return frames
    .map((frame) => ({
      ...frame,
      fields: frame.fields.filter((field) => {
        const name = nameOf(field, frames);
        return (!include || meant(include, name)) && !meant(exclude, name);
      }),
    }))
    .filter((frame) => frame.fields.length);
}

function renameByRegex(frames, { regex, renamePattern }) {
  const shape = new RegExp(regexFrom(regex).source, 'g' + regexFrom(regex).flags);
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) =>
      field.type === 'time' ? field : renamed(field, nameOf(field, frames).replace(shape, renamePattern)),
    ),
  }));
}

const toNumber = (value) => (value === null || value === '' || Number.isNaN(Number(value)) ? null : Number(value));
const conversions = {
  number: toNumber,
  string: (value) => (value === null ? null : String(value)),
  boolean: (value) => Boolean(value) && value !== 'false',
  time: (value) => (typeof value === 'number' ? value : Date.parse(value) || toNumber(value)),
};

function convertFieldType(frames, { conversions: wanted = [] }) {
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => {
      const rule = wanted.find(({ targetField }) => targetField === nameOf(field, frames) || targetField === field.name);
      if (!rule?.destinationType) return field;
      const convert = conversions[rule.destinationType];
      if (!convert) throw new Error(`conversion to "${rule.destinationType}" is not known`);
      return { ...field, type: rule.destinationType, values: field.values.map(convert) };
    }),
  }));
}

const filterByRefId = (frames, { include }) =>
  include ? frames.filter((frame) => new RegExp(`^(?:${include})$`).test(frame.refId)) : frames;

// Constant columns at the end, for tables that need them beside others.
function rowsToFields(frames, { mappings = [] }) {
  const [frame] = frames;
  if (!frame || !lengthOf(frame)) return frames;
  const by = (key) => mappings.find(({ handlerKey }) => handlerKey === key)?.fieldName;
  const names =
    frame.fields.find((field) => nameOf(field, frames) === by('field.name')) ||
    frame.fields.find(({ type }) => type === 'string');
  const values =
    frame.fields.find((field) => nameOf(field, frames) === by('field.value')) ||
    frame.fields.find(({ type }) => type === 'number');
  if (!names || !values) return frames;
  return [
    {
      ...frame,
      fields: names.values.map((name, row) => ({
        ...values,
        name: String(name),
        labels: {},
        config: {},
        values: [values.values[row]],
      })),
    },
  ];
}

export const columns = { organize, filterFieldsByName, renameByRegex, convertFieldType, filterByRefId, rowsToFields };
