// Bar charts over names, and pie charts.
import { paletteColor, theme } from '../look/colors.mjs';
import { linear, ticks } from '../look/scale.mjs';
import { group, line, rect, shape, svg, tick, title, words } from '../look/shapes.mjs';
import { entriesOf, legendBox, legendTable, legendList, listHeight, withLegend } from '../look/legend.mjs';
import { fitted, html, safeColor, textWidth } from '../look/text.mjs';
import { firstOf } from '../data/frames.mjs';
import { singleValues } from './values.mjs';

const widest = (texts, size) => Math.max(0, ...texts.map((text) => textWidth(text, size)));
const highestOf = (fields, isStacked, rows) =>
  Math.max(
    0,
    ...Array.from({ length: rows }, (_, row) => {
      const values = fields.map(({ values: all }) => Math.max(0, all[row] || 0));
      return isStacked ? values.reduce((a, b) => a + b, 0) : Math.max(...values);
    }),
  );

// A lying chart is a standing one with its axes exchanged; `at` makes the box from the place along the names and two values.
function axes({ names, fields, options }, width, height) {
  const isLying = options.orientation === 'horizontal';
  const isStacked = Boolean(options.stacking) && options.stacking !== 'none';
  const top = fields[0].config.max ?? (highestOf(fields, isStacked, names.length) * 1.06 || 1);
  const marks = ticks(0, top, isLying ? width / 120 : height / 40).map((value) => ({
    value,
    text: fields[0].display(value).text,
  }));
  const left =
    (isLying
      ? Math.min(width * 0.4, widest(names, 12))
      : widest(
          marks.map(({ text }) => text),
          11,
        )) + 14;
  const [right, bottom] = [width - 14, height - 22];
  const along = isLying ? linear(0, top, left, right) : linear(0, top, bottom, 8);
  const each = (isLying ? bottom - 8 : right - left) / names.length;
  const at = (place, thick, low, high) =>
    isLying
      ? { x: along(low), y: place, width: along(high) - along(low), height: thick }
      : { x: place, y: along(high), width: thick, height: along(low) - along(high) };
  return { isLying, isStacked, marks, left, right, bottom, along, each, at, first: isLying ? 8 : left };
}

function barOf(field, row, box, name, options) {
  const shown = field.display(field.values[row]);
  const fits = textWidth(shown.text, 11) < box.width - 6 && box.height > 13;
  return group(
    { dataValue: shown.text, dataColor: safeColor(shown.color) },
    title(`${name} ${field.title}: ${shown.text}`),
    rect(box.x, box.y, Math.max(0.5, box.width), Math.max(0.5, box.height), { fill: safeColor(shown.color), fillOpacity: 0.85 }),
    options.showValue !== 'never' &&
      fits &&
      words(shown.text, box.x + box.width / 2, box.y + box.height / 2 + 4, { size: 11, fill: '#fff', anchor: 'middle' }),
  );
}

function barShapes(chart, width, height) {
  const { names, fields, options } = chart;
  const plan = axes(chart, width, height);
  const wide = plan.each * (options.groupWidth ?? 0.7);
  const one = plan.isStacked ? wide : wide / fields.length;
  const bars = names.map((name, row) => {
    const start = plan.first + plan.each * row + (plan.each - wide) / 2;
    let base = 0;
    return fields.map((field, index) => {
      const value = field.values[row];
      if (!Number.isFinite(value)) return '';
      const low = plan.isStacked ? base : 0;
      base += value;
      return barOf(
        field,
        row,
        plan.at(start + (plan.isStacked ? 0 : one * index), one * (options.barWidth ?? 0.97), low, low + value),
        name,
        options,
      );
    });
  });
  const grid = plan.marks.map(({ value, text }) =>
    plan.isLying
      ? [line(plan.along(value), 8, plan.along(value), plan.bottom), tick(text, plan.along(value), plan.bottom + 15)]
      : [
          line(plan.left, plan.along(value), plan.right, plan.along(value)),
          tick(text, plan.left - 8, plan.along(value) + 4, 'end'),
        ],
  );
  const labels = names.map((name, row) => {
    const middle = plan.first + plan.each * (row + 0.5);
    return plan.isLying
      ? words(fitted(name, 12, plan.left - 12), plan.left - 8, middle + 4, { anchor: 'end' })
      : tick(fitted(name, 11, plan.each - 4), middle, plan.bottom + 15);
  });
  return svg(width, height, grid, bars, labels);
}

export function barchart({ panel, frames, width, height }) {
  const options = panel.options || {};
  const frame = frames.find(({ fields }) => fields.some(({ type }) => type === 'number'));
  if (!frame) return null;
  const isAsked = (field) => field.title === options.xField || field.name === options.xField;
  const named = options.xField ? frame.fields.find(isAsked) : firstOf(frame, 'string') || firstOf(frame, 'time');
  const fields = frame.fields.filter(
    (field) => field.type === 'number' && field !== named && !field.config.custom?.hideFrom?.viz,
  );
  if (!named?.values.length || !fields.length) return null;
  const names = named.values.map((value) => named.display(value).text);
  return withLegend(options, fields.length > 1 ? entriesOf(fields) : [], width, height, (w, h) =>
    barShapes({ names, fields, options }, w, h),
  );
}

const corner = (cx, cy, radius, share) =>
  `${(cx + radius * Math.sin(2 * Math.PI * share)).toFixed(2)} ${(cy - radius * Math.cos(2 * Math.PI * share)).toFixed(2)}`;

function slice(cx, cy, outer, inner, from, to) {
  const end = Math.min(to, from + 0.99999); // an arc that ends where it begins would be nothing
  const large = end - from > 0.5 ? 1 : 0;
  const back = inner
    ? `L${corner(cx, cy, inner, end)} A${inner} ${inner} 0 ${large} 0 ${corner(cx, cy, inner, from)}Z`
    : `L${cx} ${cy}Z`;
  return `M${corner(cx, cy, outer, from)} A${outer} ${outer} 0 ${large} 1 ${corner(cx, cy, outer, end)} ${back}`;
}

function slices(values, total, width, height, isDonut) {
  const outer = Math.max(10, Math.min(width, height) / 2 - 8);
  let at = 0;
  return svg(
    width,
    height,
    values.map((each) => {
      const from = at;
      at += each.shown.numeric / total;
      const facts = {
        fill: safeColor(each.tint),
        stroke: theme.panel,
        dataValue: each.shown.text,
        dataColor: safeColor(each.tint),
      };
      return shape(
        'path',
        { d: slice(width / 2, height / 2, outer, isDonut ? outer * 0.6 : 0, from, at), ...facts },
        title(`${each.title}: ${each.shown.text}`),
      );
    }),
  );
}

const isPalette = ({ field, shown }) =>
  !shown.hasOwnColor && (field.config.color?.mode || 'palette-classic').startsWith('palette');

function legendOf(values, total, { values: wanted = [] }) {
  const extra = ({ shown }) => [
    wanted.includes('value') && shown.text,
    wanted.includes('percent') && `${Math.round((shown.numeric / total) * 100)}%`,
  ];
  return values.map((each) => ({ name: [each.title, ...extra(each)].filter(Boolean).join(' '), color: each.tint }));
}

export function piechart({ panel, frames, width, height, about }) {
  const { legend = {}, pieType } = panel.options || {};
  const all = singleValues({ panel, frames, about });
  if (all[0].isMissing) return null;
  const values = all
    .map((each, index) => ({ ...each, tint: isPalette(each) ? paletteColor(index) : each.shown.color }))
    .filter(({ shown }) => shown.numeric > 0);
  const total = values.reduce((sum, { shown }) => sum + shown.numeric, 0);
  if (!total) return null;
  const isDonut = pieType === 'donut';
  if (legend.showLegend === false || legend.displayMode === 'hidden') return slices(values, total, width, height, isDonut);
  const entries = legendOf(values, total, legend);
  const list = legend.displayMode === 'table' ? legendTable(entries, []) : legendList(entries);
  if (legend.placement === 'right') {
    const side = Math.floor(width * 0.45);
    return html`<div class="beside">${slices(values, total, width - side, height, isDonut)}${legendBox(list, height, side - 8)}</div>`;
  }
  const room = listHeight(
    entries.map(({ name }) => name),
    width,
  );
  return html`${slices(values, total, width, height - room, isDonut)}${legendBox(list, room)}`;
}
