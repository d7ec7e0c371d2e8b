// Gauge: an arc from the lowest to the highest value, with the thresholds as a thin rim.
import { color, theme } from '../look/colors.mjs';
import { group, path, svg, title, words } from '../look/shapes.mjs';
import { fitted, safeColor, sizeFor } from '../look/text.mjs';
import { gridFor } from './stat.mjs';
import { singleValues } from './values.mjs';

const start = Math.PI * 0.8;
const sweep = Math.PI * 1.4;
const point = (x, y, radius, share) => {
  const angle = start + sweep * share;
  return `${(x + radius * Math.cos(angle)).toFixed(1)} ${(y + radius * Math.sin(angle)).toFixed(1)}`;
};
const arc = (x, y, radius, from, to) =>
  `M ${point(x, y, radius, from)} A ${radius.toFixed(1)} ${radius.toFixed(1)} 0 ${(to - from) * 1.4 > 1 ? 1 : 0} 1 ${point(x, y, radius, to)}`;

export function limitsOf({ field: { config, range } }) {
  const fallback = /^percentunit/.test(config.unit) ? 1 : /^percent/.test(config.unit) ? 100 : Math.max(range?.max ?? 100, 1);
  return { low: config.min ?? 0, high: config.max ?? fallback };
}

export const shareOf = (value, low, high) =>
  Number.isFinite(value) ? Math.min(1, Math.max(0, (value - low) / (high - low || 1))) : 0;

function rim(thresholds, x, y, radius, { low, high }) {
  const steps = thresholds?.steps || [];
  const placeOf = (step) => (thresholds.mode === 'percentage' ? step.value / 100 : shareOf(step.value, low, high));
  const places = steps.map((step, index) => (index === 0 ? 0 : placeOf(step)));
  return steps.map((step, index) => {
    const [from, to] = [places[index], places[index + 1] ?? 1];
    return to > from && path(arc(x, y, radius, from, to), { fill: 'none', stroke: color(step.color), strokeWidth: 3 });
  });
}

function dial(each, { x, y, width, height }, { options, named }) {
  const limits = limitsOf(each);
  const radius = Math.max(12, Math.min(width / 2 - 8, (height - (named ? 20 : 0)) / 1.75 - 4));
  const [cx, cy] = [x + width / 2, y + radius + 6];
  const thick = Math.max(6, radius * 0.2);
  const inner = radius - thick / 2 - 4;
  const share = shareOf(each.shown.numeric, limits.low, limits.high);
  const size = sizeFor(each.shown.text, inner * 1.5, radius * 0.6, 40);
  const tint = safeColor(each.shown.color);
  const band = { fill: 'none', strokeWidth: thick };
  return group(
    { dataValue: each.shown.text, dataColor: tint },
    title(`${each.title}: ${each.shown.text}`),
    path(arc(cx, cy, inner, 0, 1), { ...band, stroke: theme.grid }),
    share > 0 && path(arc(cx, cy, inner, 0, share), { ...band, stroke: tint }),
    options.showThresholdMarkers !== false && rim(each.field.config.thresholds, cx, cy, radius, limits),
    words(each.shown.text, cx, cy + size * 0.4, { size, anchor: 'middle', fill: tint, fontWeight: 500 }),
    named && words(fitted(each.title, 12, width), cx, y + height - 5, { anchor: 'middle' }),
  );
}

export function gauge({ panel, frames, width, height, about }) {
  const values = singleValues({ panel, frames, about });
  const { columns, rows } = gridFor(values.length, width, height * 1.6, panel.options?.orientation);
  const [w, h] = [width / columns, height / rows];
  return svg(
    width,
    height,
    values.map((each, index) => {
      const place = { x: (index % columns) * w, y: Math.floor(index / columns) * h, width: w, height: h };
      return dial(each, place, { options: panel.options || {}, named: values.length > 1 && each.title });
    }),
  );
}
