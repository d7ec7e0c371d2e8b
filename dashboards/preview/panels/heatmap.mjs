// Heatmap of histogram buckets over time: a row per bucket, the brighter the more answers fell into it.
import { color, heatColor, theme } from '../look/colors.mjs';
import { linear, timeAxis } from '../look/scale.mjs';
import { rect, svg, tick, words } from '../look/shapes.mjs';
import { textWidth } from '../look/text.mjs';
import { unitWriter } from '../look/units.mjs';
import { firstOf } from '../data/frames.mjs';
import { marks } from './annotations.mjs';

const finite = (value) => Number.isFinite(value);

// The rows that hold anything, and one more on both sides; empty buckets far away only press the others flat.
export function usedRows(fields, least) {
  const isUsed = fields.map(({ values }) => values.some((value) => finite(value) && value > least));
  const [first, last] = [isUsed.indexOf(true), isUsed.lastIndexOf(true)];
  return first < 0 ? [] : fields.slice(Math.max(0, first - 1), last + 2);
}

// How strong a value is between the lowest and the highest, and the colour for it.
function paint(
  rows,
  { scheme = 'Oranges', exponent = 0.5, reverse = false, min, max, mode = 'scheme', fill = 'dark-orange' } = {},
) {
  const values = rows.flatMap((field) => field.values.filter(finite));
  const [low, high] = [min ?? 0, max ?? values.reduce((a, b) => Math.max(a, b), 0)];
  const share = (value) => (high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 1);
  if (mode === 'opacity') return { low, high, of: (value) => ({ fill: color(fill), opacity: 0.15 + 0.85 * share(value) }) };
  return { low, high, of: (value) => ({ fill: heatColor(scheme, share(value) ** exponent, reverse) }) };
}

function scaleBar(x, y, { low, high, of }) {
  const write = unitWriter('short');
  const parts = Array.from({ length: 24 }, (_, index) => rect(x + index * 6, y, 6, 8, of(low + ((high - low) * index) / 23)));
  return [
    parts,
    words(write(low), x, y + 17, { size: 9, fill: theme.faint }),
    words(write(high), x + 144, y + 17, { size: 9, fill: theme.faint, anchor: 'end' }),
  ];
}

// A cell shows what came in during the step that ends at its time.
function cells(rows, { times, step, least, x, left, right, bottom, row, tint }) {
  const wide = Math.max(1, x(times[0] + step) - x(times[0]));
  return rows.map((field, index) =>
    field.values.map((value, at) => {
      if (!finite(value) || value <= least) return '';
      const start = x(times[at] - step);
      const [from, until] = [Math.max(left, start), Math.min(right, start + wide)];
      return rect(from, bottom - (index + 1) * row, Math.max(0.8, until - from - 0.4), Math.max(0.8, row - 0.6), tint.of(value));
    }),
  );
}

export function heatmap({ panel, frames, width, height, about, annotations = [] }) {
  const { calculate, yAxis = {}, filterValues, legend, color: colors } = panel.options || {};
  if (calculate) throw new Error('a heatmap calculated from series is not known');
  const frame = frames.find(({ fields }) => fields.length > 1);
  const times = frame && firstOf(frame, 'time')?.values;
  const least = filterValues?.le ?? 1e-9;
  const rows = times
    ? usedRows(
        frame.fields.filter((field) => field.type === 'number'),
        least,
      )
    : [];
  if (!rows.length) return null;
  const write = unitWriter(yAxis.unit || rows[0].config.unit || 'short');
  const names = rows.map(({ name, config }) => (finite(config.le) ? write(config.le, yAxis.decimals, about) : name));
  const hasLegend = legend?.show !== false;
  const [left, right, top, bottom] = [
    Math.max(...names.map((name) => textWidth(name, 11))) + 14,
    width - 14,
    6,
    height - 22 - (hasLegend ? 22 : 0),
  ];
  const x = linear(about.from, about.to, left, right);
  const row = (bottom - top) / rows.length;
  const every = Math.max(1, Math.ceil(15 / row));
  const tint = paint(rows, colors);
  return svg(
    width,
    height,
    timeAxis({ x, from: about.from, to: about.to, left, right, top, bottom, zone: about.zone }),
    cells(rows, { times, step: frame.step, least, x, left, right, bottom, row, tint }),
    names.map((name, index) => index % every === 0 && tick(name, left - 8, bottom - index * row - row / 2 + 4, 'end')),
    marks(annotations, x, top, bottom, about),
    hasLegend && scaleBar(left, height - 20, tint),
  );
}
