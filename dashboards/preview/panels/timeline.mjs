// State timeline and status history: what state each row was in. Times without a value stay empty, so that "nobody
// looked" is never drawn as a state.
import { readableOn } from '../look/colors.mjs';
import { legendBox, legendList, listHeight } from '../look/legend.mjs';
import { linear, timeAxis } from '../look/scale.mjs';
import { rect, svg, title, words } from '../look/shapes.mjs';
import { fitted, html, safeColor, textWidth } from '../look/text.mjs';
import { firstOf } from '../data/frames.mjs';
import { marks } from './annotations.mjs';

export function rowsOf(frames) {
  return frames.flatMap((frame) => {
    const time = firstOf(frame, 'time');
    if (!time) return [];
    return frame.fields
      .filter((field) => field.type !== 'time' && !field.config.custom?.hideFrom?.viz)
      .map((field) => ({ field, title: field.title, step: frame.step || 0, times: time.values, values: field.values }));
  });
}

const isKnown = (value) => value !== null && value !== undefined;

// Each value lasts until the next one, but not longer than its step; equal neighbours become one.
export function spansOf({ times, values, step, field }, { merge, to }) {
  const spans = [];
  times.forEach((time, index) => {
    if (!isKnown(values[index])) return;
    const spanNulls = field.config.custom?.spanNulls;
    const next = times[index + 1] ?? Infinity;
    const reach =
      spanNulls === true ? next : Math.min(next, time + Math.max(step || 0, typeof spanNulls === 'number' ? spanNulls : 0));
    const end = Math.min(Number.isFinite(reach) ? reach : to, to);
    const shown = field.display(values[index]);
    const last = spans[spans.length - 1];
    const same = merge && last && last.end >= time && last.shown.text === shown.text && last.shown.color === shown.color;
    if (same) last.end = end;
    else spans.push({ start: time, end, shown });
  });
  return spans.filter(({ start, end }) => end > start || step === 0);
}

function legendOf(rows, frames) {
  const seen = new Map();
  for (const { field, values } of rows) {
    for (const value of new Set(values)) {
      if (!isKnown(value)) continue;
      const { text, color } = field.display(value);
      seen.set(`${text}${color}`, { name: text, color, order: typeof value === 'number' ? value : 0, field });
    }
  }
  return [...seen.values()].sort((a, b) => a.order - b.order);
}

function word(shown, left, right, y, height, showValue) {
  const size = Math.min(12, height * 0.6);
  if (showValue === 'never' || size < 7 || right - left < 12) return '';
  if (showValue === 'auto' && textWidth(shown.text, size) > right - left - 6) return '';
  return words(fitted(shown.text, size, right - left - 4), (left + right) / 2, y + size * 0.36, {
    size,
    fill: readableOn(safeColor(shown.color)),
    anchor: 'middle',
  });
}

function states(row, spans, { x, left, right, middle, thick, showValue }) {
  const opacity = Math.max(0.25, (row.field.config.custom?.fillOpacity ?? 70) / 100);
  return spans.map(({ start, end, shown }) => {
    const [from, until] = [Math.max(left, x(start)), Math.min(right, x(end))];
    if (until <= from) return '';
    const facts = { fill: safeColor(shown.color), fillOpacity: opacity, dataState: shown.text };
    return [
      rect(from, middle - thick / 2, Math.max(1, until - from), thick, facts, title(`${row.title}: ${shown.text}`)),
      word(shown, from, until, middle, thick, showValue),
    ];
  });
}

function drawing(rows, width, height, { about, annotations, options, isHistory }) {
  const bottom = height - 22;
  const left = Math.min(width * 0.32, Math.max(...rows.map((row) => textWidth(row.title, 12))) + 12);
  const right = width - 14;
  const x = linear(about.from, about.to, left, right);
  const each = (bottom - 4) / rows.length;
  const thick = Math.max(2, each * (options.rowHeight ?? 0.9));
  const size = each < 13 ? Math.max(9, each - 1.5) : 12;
  const every = Math.ceil((size * 1.17 - 2) / each); // names that would stand on each other are left out
  const shapes = rows.map((row, index) => {
    const middle = 4 + each * (index + 0.5);
    const spans = isHistory
      ? boxesOf(row, about.to, options.colWidth ?? 0.9)
      : spansOf(row, { merge: options.mergeValues !== false, to: about.to });
    return [
      index % every === 0 && words(fitted(row.title, size, left - 10), left - 8, middle + size * 0.35, { size, anchor: 'end' }),
      states(row, spans, { x, left, right, middle, thick, showValue: options.showValue ?? 'auto' }),
    ];
  });
  return svg(
    width,
    height,
    timeAxis({ x, from: about.from, to: about.to, left, right, top: 4, bottom, zone: about.zone }),
    shapes,
    marks(annotations, x, 4, bottom, about),
  );
}

// A box for every point, in the middle of its own interval's width.
function boxesOf({ times, values, step, field }, to, share) {
  return times.flatMap((time, index) =>
    isKnown(values[index])
      ? [{ start: time - (step * share) / 2, end: Math.min(time + (step * share) / 2, to), shown: field.display(values[index]) }]
      : [],
  );
}

const over =
  (isHistory) =>
  ({ panel, frames, width, height, about, annotations = [] }) => {
    const rows = rowsOf(frames);
    if (!rows.some(({ values }) => values.some(isKnown))) return null;
    const options = panel.options || {};
    const entries = legendOf(rows, frames);
    const hidden = options.legend?.showLegend === false || options.legend?.displayMode === 'hidden' || entries.length > 24;
    const room = hidden
      ? 0
      : listHeight(
          entries.map(({ name }) => name),
          width,
        );
    return html`${drawing(rows, width, height - room, { about, annotations, options, isHistory })}${
      !hidden && legendBox(legendList(entries), room)
    }`;
  };

export const stateTimeline = over(false);
export const statusHistory = over(true);
