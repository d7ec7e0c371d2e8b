// The value axes of a plot over time: their limits, one for each unit, their ticks, and the room that these need.
import { ticks } from '../look/scale.mjs';
import { line, tick } from '../look/shapes.mjs';
import { textWidth } from '../look/text.mjs';

function limits(series, config) {
  const all = series.flatMap(({ values, base, field }) => [
    ...values.filter((value) => Number.isFinite(value)),
    ...(base ? [0] : []),
    ...(field.config.custom?.drawStyle === 'bars' ? [0] : []),
  ]);
  let [low, high] = all.length ? [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))] : [0, 1];
  low = Math.min(low, config.custom?.axisSoftMin ?? Infinity);
  high = Math.max(high, config.custom?.axisSoftMax ?? -Infinity);
  if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(0, low), low > 0 ? low * 1.2 : 0];
  const margin = (high - low) * 0.06;
  return {
    low: config.min ?? (low >= 0 && low - margin < 0 ? 0 : low - (low === 0 ? 0 : margin)),
    high: config.max ?? high + margin,
  };
}

// One axis per unit, the first on the left, as Grafana places them.
export function axesOf(series) {
  const axes = new Map();
  for (const each of series) {
    const key = `${each.field.config.unit || ''} ${each.field.config.custom?.axisPlacement === 'right' ? 'right' : ''}`;
    if (!axes.has(key)) axes.set(key, { config: each.field.config, series: [] });
    axes.get(key).series.push(each);
  }
  if (axes.size > 2) throw new Error('more than two units in one plot are not known');
  return [...axes.values()].map((axis, index) => ({ ...axis, isRight: index === 1, ...limits(axis.series, axis.config) }));
}

export const isLog = (config) => config.custom?.scaleDistribution?.type === 'log';

const binary = ['bytes', 'kbytes', 'bits', 'binBps', 'binbps'];
const isCount = ({ decimals, unit }) => decimals === 0 && ['none', 'short', undefined].includes(unit);
const placesOf = ({ config, low, high }, height) =>
  isLog(config)
    ? powers(low, high)
    : ticks(low, high, Math.max(2, Math.floor(height / 34)), {
        isBinary: binary.includes(config.unit),
        isWhole: isCount(config),
      });

export function axisMarks(axis, y, left, right, height) {
  const display = axis.series[0].field.display;
  const places = placesOf(axis, height);
  return places.map((value) => [
    !axis.isRight && line(left, y(value), right, y(value)),
    axis.isRight
      ? tick(display(value).text, right + 8, y(value) + 4, 'start')
      : tick(display(value).text, left - 8, y(value) + 4, 'end'),
  ]);
}

const powers = (low, high) =>
  ticks(Math.floor(Math.log10(Math.max(low, 1e-9))), Math.ceil(Math.log10(high)), 6)
    .map((power) => 10 ** power)
    .filter((value) => value >= low && value <= high);

export const axisWidth = (axis, height) =>
  axis && Math.max(28, ...placesOf(axis, height).map((value) => textWidth(axis.series[0].field.display(value).text, 11))) + 12;
