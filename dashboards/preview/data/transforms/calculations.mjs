// Transformations that calculate: groups, reductions, new columns.
import { field, lengthOf } from '../frames.mjs';
import { matcherOf } from '../matchers.mjs';
import { nameOf } from '../names.mjs';
import { aliases, reduced } from '../reduce.mjs';

const typeOf = (values) => (values.some((value) => typeof value === 'string') ? 'string' : 'number');

function groupBy(frames, { fields: rules = {} }) {
  return frames.flatMap((frame) => {
    const ruled = frame.fields.map((each) => ({ each, name: nameOf(each, frames), rule: rules[nameOf(each, frames)] }));
    const keys = ruled.filter(({ rule }) => rule?.operation === 'groupby');
    if (!keys.length) return [];
    const groups = new Map();
    for (let row = 0; row < lengthOf(frame); row++) {
      const key = JSON.stringify(keys.map(({ each }) => each.values[row]));
      groups.set(key, [...(groups.get(key) || []), row]);
    }
    const rows = [...groups.values()];
    const grouped = keys.map(({ each }) => ({ ...each, values: rows.map(([first]) => each.values[first]) }));
    const summed = ruled
      .filter(({ rule }) => rule?.operation === 'aggregate')
      .flatMap(({ each, name, rule }) =>
        rule.aggregations.map((how) => {
          const values = rows.map((group) =>
            reduced(
              group.map((row) => each.values[row]),
              how,
            ),
          );
          return field(
            `${name} (${how})`,
            each.type === 'time' && how !== 'count' ? 'time' : typeOf(values),
            values,
            each.labels,
          );
        }),
      );
    return [{ ...frame, fields: [...grouped, ...summed] }];
  });
}

function reduce(frames, { mode = 'seriesToRows', reducers = ['max'], fields: wanted, labelsToFields = false, includeTimeField }) {
  const isMeant = wanted ? matcherOf(wanted) : (each) => each.type !== 'time' || includeTimeField;
  if (mode === 'reduceFields') {
    return frames
      .map((frame) => ({
        ...frame,
        fields: frame.fields
          .filter((each) => each.type === 'number' && isMeant(each, frame, frames))
          .flatMap((each) =>
            reducers.map((how) => ({
              ...each,
              values: [reduced(each.values, how)],
              ...(reducers.length > 1 ? { name: `${each.name} ${how}` } : {}),
            })),
          ),
      }))
      .filter((frame) => frame.fields.length);
  }
  const all = frames.flatMap((frame) => frame.fields.filter((each) => each.type !== 'time' && isMeant(each, frame, frames)));
  if (!all.length) return [];
  const labels = labelsToFields ? [...new Set(all.flatMap((each) => Object.keys(each.labels)))] : [];
  const named = labelsToFields ? all.map((each) => each.name) : all.map((each) => nameOf(each, frames));
  return [
    {
      refId: 'reduce',
      fields: [
        field('Field', 'string', named),
        ...labels.map((label) =>
          field(
            label,
            'string',
            all.map((each) => each.labels[label] ?? null),
          ),
        ),
        ...reducers.map((how) => {
          const values = all.map((each) => reduced(each.values, how));
          return field(aliases[how] || how, typeOf(values), values);
        }),
      ],
    },
  ];
}

const operators = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

function calculateField(frames, { mode, alias, binary = {}, reduce: how = {}, replaceFields }) {
  return frames.map((frame) => {
    const find = (name) => frame.fields.find((each) => nameOf(each, frames) === name || each.name === name);
    const times = frame.fields.filter(({ type }) => type === 'time');
    const rows = Array.from({ length: lengthOf(frame) }, (_, row) => row);
    const made = (name, values) => ({
      ...frame,
      fields: [...(replaceFields ? times : frame.fields), field(alias || name, 'number', values)],
    });
    if (mode === 'binary') {
      const side = (part) => (typeof part === 'object' ? (part.fixed ?? part.matcher?.options) : part);
      const valueOf = (part) => (find(side(part)) ? (row) => find(side(part)).values[row] : () => Number(side(part)));
      const [left, right, apply] = [valueOf(binary.left), valueOf(binary.right), operators[binary.operator || '+']];
      if (!apply) throw new Error(`calculateField operator "${binary.operator}" is not known`);
      const known = (value) => value !== null && value !== undefined;
      return made(
        `${side(binary.left)} ${binary.operator} ${side(binary.right)}`,
        rows.map((row) => (known(left(row)) && known(right(row)) ? apply(left(row), right(row)) : null)),
      );
    }
    if (mode === 'reduceRow' || !mode) {
      const used = frame.fields.filter(
        (each) => each.type === 'number' && (!how.include?.length || how.include.includes(nameOf(each, frames))),
      );
      return made(
        aliases[how.reducer] || 'Total',
        rows.map((row) =>
          reduced(
            used.map((each) => each.values[row]),
            how.reducer || 'sum',
          ),
        ),
      );
    }
    if (mode === 'index') return made('Row', rows);
    throw new Error(`calculateField mode "${mode}" is not known`);
  });
}

export const calculations = { groupBy, reduce, calculateField };
