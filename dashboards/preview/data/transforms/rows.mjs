// Transformations that choose and order rows, and that turn labels into columns.
import { field, firstOf, lengthOf } from '../frames.mjs';
import { nameOf } from '../names.mjs';

const withRows = (frame, rows) => ({
  ...frame,
  fields: frame.fields.map((each) => ({ ...each, values: rows.map((row) => each.values[row]) })),
});
const allRows = (frame) => Array.from({ length: lengthOf(frame) }, (_, row) => row);

export function compareValues(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1; // what is not known stands last
  if (b === null || b === undefined) return -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

function sortBy(frames, { sort = [] }) {
  return frames.map((frame) =>
    sort.reduceRight((before, { field: name, desc }) => {
      const by = before.fields.find((each) => nameOf(each, frames) === name || each.name === name);
      if (!by) return before;
      const order = (a, b) => {
        const [x, y] = [by.values[a], by.values[b]];
        const unknown = x === null || x === undefined || y === null || y === undefined;
        return desc && !unknown ? compareValues(y, x) : compareValues(x, y);
      };
      return withRows(before, allRows(before).sort(order));
    }, frame),
  );
}

const tests = {
  isNull: () => (value) => value === null || value === undefined,
  isNotNull: () => (value) => value !== null && value !== undefined,
  equal:
    ({ value: wanted }) =>
    (value) =>
      String(value) === String(wanted),
  notEqual:
    ({ value: wanted }) =>
    (value) =>
      String(value) !== String(wanted),
  greater:
    ({ value: wanted }) =>
    (value) =>
      value > Number(wanted),
  greaterOrEqual:
    ({ value: wanted }) =>
    (value) =>
      value >= Number(wanted),
  lower:
    ({ value: wanted }) =>
    (value) =>
      value < Number(wanted),
  lowerOrEqual:
    ({ value: wanted }) =>
    (value) =>
      value <= Number(wanted),
  between:
    ({ from, to }) =>
    (value) =>
      value > Number(from) && value < Number(to),
  regex:
    ({ value: wanted }) =>
    (value) =>
      new RegExp(wanted).test(String(value)),
  substring:
    ({ value: wanted }) =>
    (value) =>
      String(value).includes(wanted),
};

function filterByValue(frames, { filters = [], match = 'all', type = 'include' }) {
  const checkOf = ({ id, options = {} }) => {
    if (!Object.hasOwn(tests, id)) throw new Error(`filterByValue "${id}" is not known`);
    return tests[id](options);
  };
  return frames.map((frame) => {
    const checks = filters
      .map(({ fieldName, config }) => {
        const by = frame.fields.find((each) => nameOf(each, frames) === fieldName || each.name === fieldName);
        const test = checkOf(config);
        return by && ((row) => test(by.values[row]));
      })
      .filter(Boolean);
    if (!checks.length) return frame;
    const meant = (row) => (match === 'any' ? checks.some((check) => check(row)) : checks.every((check) => check(row)));
    return withRows(
      frame,
      allRows(frame).filter((row) => meant(row) === (type === 'include')),
    );
  });
}

const limit = (frames, { limitField = 10 }) =>
  frames.map((frame) => withRows(frame, allRows(frame).slice(0, Number(limitField))));

function labelsToFields(frames, { mode = 'columns', keepLabels, valueLabel }) {
  if (mode === 'rows') {
    return frames.flatMap((frame) =>
      frame.fields
        .filter(({ type }) => type !== 'time')
        .map((each) => ({
          refId: frame.refId,
          fields: [field('label', 'string', Object.keys(each.labels)), field('value', 'string', Object.values(each.labels))],
        })),
    );
  }
  const rows = frames.map((frame) => {
    const time = firstOf(frame, 'time');
    const values = frame.fields.filter(({ type }) => type !== 'time');
    const kept = (labels) =>
      Object.entries(labels).filter(([key]) => key !== valueLabel && (!keepLabels?.length || keepLabels.includes(key)));
    const added = new Map(values.flatMap((each) => kept(each.labels)));
    const repeated = [...added].map(([key, value]) => field(key, 'string', Array(lengthOf(frame)).fill(value)));
    const plain = values.map((each) => ({ ...each, name: each.labels[valueLabel] ?? each.name, labels: {}, config: {} }));
    return { ...frame, fields: [...(time ? [time] : []), ...plain, ...repeated] };
  });
  return rows;
}

// Below each other, column by column.
export function stacked(frames) {
  if (frames.length < 2) return frames;
  const names = [...new Set(frames.flatMap((frame) => frame.fields.map(({ name }) => name)))];
  const valuesOf = (frame, name) => frame.fields.find((each) => each.name === name)?.values ?? Array(lengthOf(frame)).fill(null);
  const shapeOf = (name) => frames.flatMap((frame) => frame.fields).find((each) => each.name === name);
  return [
    {
      ...frames[0],
      fields: names.map((name) => ({ ...shapeOf(name), values: frames.flatMap((frame) => valuesOf(frame, name)) })),
    },
  ];
}

export const rows = { sortBy, filterByValue, limit, labelsToFields };
