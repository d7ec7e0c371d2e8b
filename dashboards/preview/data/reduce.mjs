// Makes one value of many, under the names that dashboards use. Nulls are skipped, as Grafana does by default.
// A name that is not known is an error.

const numbers = (values) => values.filter((value) => typeof value === 'number' && !Number.isNaN(value));
const known = (values) => values.filter((value) => value !== null && value !== undefined && !Number.isNaN(value));
const sum = (values) => numbers(values).reduce((total, value) => total + value, 0);
const some = (values, make) => (numbers(values).length ? make(numbers(values)) : null);
const quantile = (share) => (values) =>
  some(values, (all) => {
    const sorted = [...all].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * (sorted.length - 1)))];
  });

const reducers = {
  last: (values) => values[values.length - 1] ?? null,
  lastNotNull: (values) => known(values).pop() ?? null,
  first: (values) => values[0] ?? null,
  firstNotNull: (values) => known(values)[0] ?? null,
  min: (values) => some(values, (all) => all.reduce((a, b) => Math.min(a, b))),
  max: (values) => some(values, (all) => all.reduce((a, b) => Math.max(a, b))),
  mean: (values) => some(values, (all) => sum(all) / all.length),
  median: quantile(0.5),
  sum: (values) => some(values, sum),
  total: (values) => some(values, sum),
  count: (values) => values.length,
  range: (values) => some(values, (all) => Math.max(...all) - Math.min(...all)),
  diff: (values) => some(values, (all) => all[all.length - 1] - all[0]),
  changeCount: (values) => known(values).filter((value, index, all) => index > 0 && value !== all[index - 1]).length,
  distinctCount: (values) => new Set(values).size,
  allIsNull: (values) => known(values).length === 0,
  uniqueValues: (values) => [...new Set(values)].join(', '),
  allValues: (values) => values.join(', '),
};

export const aliases = {
  lastNotNull: 'Last *',
  last: 'Last',
  firstNotNull: 'First *',
  first: 'First',
  min: 'Min',
  max: 'Max',
  mean: 'Mean',
  median: 'Median',
  sum: 'Total',
  total: 'Total',
  count: 'Count',
  range: 'Range',
  diff: 'Difference',
  changeCount: 'Change count',
  distinctCount: 'Distinct count',
  allIsNull: 'All nulls',
  uniqueValues: 'All unique values',
  allValues: 'All values',
};

const percentile = /^p(\d+)$/;

export function reduced(values, name) {
  if (Object.hasOwn(reducers, name)) return reducers[name](values);
  const match = percentile.exec(name);
  if (match) return quantile(match[1] / 100)(values);
  throw new Error(`calculation "${name}" is not known`);
}
