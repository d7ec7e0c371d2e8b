// Axes: where ticks go, how values become pixels, and where a series is interrupted. Pure.
import { clockText, dayText, zoneOffsetMs } from '../data/time.mjs';
import { line, tick } from './shapes.mjs';
import { textWidth } from './text.mjs';

export const linear = (from, to, start, end) => (value) => start + ((value - from) / (to - from || 1)) * (end - start);
export const logarithmic = (from, to, start, end) => {
  const log = (value) => Math.log(Math.max(value, Number.MIN_VALUE));
  const scale = linear(log(from), log(to), start, end);
  return (value) => scale(log(value));
};

const nice = [1, 2, 2.5, 5, 10];
const kilo = (rough, isBinary) => (isBinary ? 1024 ** Math.floor(Math.log(rough) / Math.log(1024)) : 1);

// Round values; in powers of 1024 where the unit counts in these, whole ones where the dashboard shows no decimals.
export function ticks(min, max, count, { isBinary = false, isWhole = false } = {}) {
  const rough = (max - min) / Math.max(1, count) || 1;
  const unit = kilo(rough, isBinary);
  const power = unit * 10 ** Math.floor(Math.log10(rough / unit));
  const found = nice.filter((each) => !isWhole || Number.isInteger(each)).find((each) => each * power >= rough * 0.999) * power;
  const step = isWhole ? Math.max(1, found) : found;
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

const minute = 6e4;
const day = 1440 * minute;
const spans = [
  1e3,
  5e3,
  1e4,
  15e3,
  3e4,
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 5760, 10080, 20160, 43200].map((each) => each * minute),
];
const isMidnight = (at, zone) => (at + zoneOffsetMs(at, zone)) % day === 0;

export function timeTicks(from, to, width, zone) {
  const span = spans.find((each) => (to - from) / each <= Math.max(1, width / 70)) || spans[spans.length - 1];
  const offset = zoneOffsetMs(from, zone);
  const first = Math.ceil((from + offset) / span) * span - offset;
  const list = [];
  for (let at = first; at <= to; at += span) list.push(at);
  const text = (at) =>
    span >= day || isMidnight(at, zone) ? dayText(at, zone) : clockText(at, zone, { seconds: span < minute });
  return list.map((at) => ({ at, text: text(at) }));
}

// The grid lines and the words below a plot over time; a word that would be cut off at an edge is left out.
export function timeAxis({ x, from, to, left, right, bottom, top, zone }) {
  return timeTicks(from, to, right - left, zone).map(({ at, text }) => {
    const place = x(at);
    const half = textWidth(text, 11) / 2;
    const fits = place - half >= left - 30 && place + half <= right + 12;
    return [line(place, top, place, bottom), fits && tick(text, place, bottom + 15)];
  });
}

// Where a series has no points for longer than its step, nobody knows: nothing is drawn there.
export function runsOf(times, values, step, spanNulls) {
  const limit = spanNulls === true ? Infinity : Math.max(typeof spanNulls === 'number' ? spanNulls : 0, step * 1.001);
  const runs = [];
  let run = null;
  let last = null;
  times.forEach((time, index) => {
    const value = values[index];
    if (value === null || value === undefined || Number.isNaN(value)) {
      if (!spanNulls) run = null;
      return;
    }
    if (run === null || time - last > limit) runs.push((run = []));
    run.push({ time, value });
    last = time;
  });
  return runs;
}
