// Transformations that put several frames side by side or below each other.
import { field, firstOf, lengthOf } from '../frames.mjs';
import { nameOf } from '../names.mjs';

const keyText = (value) => JSON.stringify(value ?? null);

function joinByField(frames, { byField, mode = 'outer' }) {
  const parts = frames
    .map((frame) => ({
      frame,
      on: byField
        ? frame.fields.find((each) => each.name === byField || nameOf(each, frames) === byField)
        : firstOf(frame, 'time'),
    }))
    .filter(({ on }) => on);
  if (parts.length < 2) return parts.length ? [parts[0].frame] : [];
  const indexes = parts.map(({ on }) => {
    const rows = new Map();
    on.values.forEach((value, row) => rows.set(keyText(value), [...(rows.get(keyText(value)) || []), row]));
    return rows;
  });
  const keys = new Map(parts.flatMap(({ on }) => on.values.map((value) => [keyText(value), value])));
  const inAll = (key) => indexes.every((rows) => rows.has(key));
  const chosen = [...keys.keys()].filter((key) => mode !== 'inner' || inAll(key));
  // Every combination of rows with the same key, as a database would.
  const combined = chosen.flatMap((key) =>
    indexes
      .reduce((sets, rows) => sets.flatMap((set) => (rows.get(key) || [null]).map((row) => [...set, row])), [[]])
      .map((rows) => ({ key, rows })),
  );
  const others = parts.flatMap(({ frame, on }, part) =>
    frame.fields
      .filter((each) => each !== on)
      .map((each) => ({ ...each, values: combined.map(({ rows }) => (rows[part] === null ? null : each.values[rows[part]])) })),
  );
  const joined = { ...parts[0].on, values: combined.map(({ key }) => keys.get(key)) };
  const result = {
    refId: `joinByField-${parts.map(({ frame }) => frame.refId).join('-')}`,
    step: parts[0].frame.step,
    fields: [joined, ...others],
  };
  return [joined.type === 'time' ? inOrder(result) : result];
}

function inOrder(frame) {
  const order = frame.fields[0].values
    .map((value, row) => [value, row])
    .sort((a, b) => a[0] - b[0])
    .map(([, row]) => row);
  return { ...frame, fields: frame.fields.map((each) => ({ ...each, values: order.map((row) => each.values[row]) })) };
}

// Rows that agree in every shared column become one, where neither contradicts the other; the rest stand below each
// other with gaps. Columns are told apart by their own names, not by how they are shown: so does Grafana.
function merge(frames) {
  const filled = frames.filter((frame) => frame.fields.length);
  if (frames.length < 2) return frames;
  const has = (frame, name) => frame.fields.some((each) => each.name === name);
  const shapes = new Map(filled.flatMap((frame) => frame.fields.map((each) => [each.name, each])).reverse());
  const names = [...new Set(filled.flatMap((frame) => frame.fields.map((each) => each.name)))];
  const shared = names.filter((name) => filled.every((frame) => has(frame, name)));
  if (!shared.length) return frames;
  const groups = new Map();
  const ordered = [];
  for (const frame of filled) {
    for (let row = 0; row < lengthOf(frame); row++) {
      const values = Object.fromEntries(frame.fields.map((each) => [each.name, each.values[row]]));
      const key = shared.map((name) => keyText(values[name])).join();
      if (!groups.has(key)) groups.set(key, []);
      const group = groups.get(key);
      const fits = group.filter((present) => names.every((name) => agree(present[name], values[name])));
      fits.forEach((present) => Object.assign(present, values));
      if (!fits.length) {
        group.push(values);
        ordered.push(values);
      }
    }
  }
  const fields = names.map((name) => {
    const { displayName, ...config } = shapes.get(name).config;
    return { ...shapes.get(name), labels: {}, config, values: ordered.map((row) => row[name] ?? null) };
  });
  return [{ refId: 'merge', step: filled[0].step, fields }];
}

const agree = (present, value) => present === undefined || present === null || value === undefined || present === value;

function seriesToRows(frames) {
  const rows = frames
    .flatMap((frame) => {
      const time = firstOf(frame, 'time');
      return frame.fields
        .filter(({ type }) => type === 'number')
        .flatMap((each) => each.values.map((value, row) => ({ time: time.values[row], metric: nameOf(each, frames), value })));
    })
    .sort((a, b) => b.time - a.time);
  return [
    {
      refId: 'seriesToRows',
      fields: [
        field(
          'Time',
          'time',
          rows.map((row) => row.time),
        ),
        field(
          'Metric',
          'string',
          rows.map((row) => row.metric),
        ),
        field(
          'Value',
          'number',
          rows.map((row) => row.value),
        ),
      ],
    },
  ];
}

const concatenate = (frames) => {
  const length = Math.max(0, ...frames.map(lengthOf));
  const padded = (values) => Array.from({ length }, (_, row) => values[row] ?? null);
  return frames.length
    ? [
        {
          refId: 'concatenate',
          fields: frames.flatMap((frame) => frame.fields.map((each) => ({ ...each, values: padded(each.values) }))),
        },
      ]
    : [];
};

export const joins = { joinByField, seriesToColumns: joinByField, merge, seriesToRows, concatenate };
