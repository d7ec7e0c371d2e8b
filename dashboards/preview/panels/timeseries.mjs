// Time series: lines, steps, bars and points over time, stacked or not, with thresholds and annotations. Where a series
// has no points the line ends: a gap is what happened, not a fault of the drawing.
import { color } from '../look/colors.mjs';
import { entriesOf, withLegend } from '../look/legend.mjs';
import { linear, logarithmic, runsOf, timeAxis } from '../look/scale.mjs';
import { circle, group, line, path, rect, shape, svg, tick } from '../look/shapes.mjs';
import { fitted, safeColor } from '../look/text.mjs';
import { firstOf } from '../data/frames.mjs';
import { marks } from './annotations.mjs';
import { axesOf, axisMarks, axisWidth, isLog } from './axes.mjs';

const finite = (values) => values.filter((value) => Number.isFinite(value));

function seriesOf(frames) {
  return frames.flatMap((frame) => {
    const time = firstOf(frame, 'time');
    return time
      ? frame.fields
          .filter((field) => field.type === 'number' && !field.config.custom?.hideFrom?.viz)
          .map((field) => ({ field, times: time.values, values: field.values, step: frame.step || 0, base: null }))
      : [];
  });
}

// Adds up what is drawn on top of each other; a missing point counts as nothing there, and stays a gap in its own series.
function stack(series) {
  const sums = new Map();
  return series.map((each) => {
    const { mode = 'none', group = 'A' } = each.field.config.custom?.stacking || {};
    if (mode === 'none') return each;
    const below = sums.get(group) || sums.set(group, new Map()).get(group);
    const base = each.times.map((time) => below.get(time) || 0);
    const values = each.values.map((value, index) => (value === null ? null : value + base[index]));
    values.forEach((value, index) => value !== null && below.set(each.times[index], value));
    return { ...each, values, base };
  });
}

const pathOf = (run, x, y, interpolation) =>
  run
    .map(({ time, value }, index) => {
      const [px, py] = [x(time).toFixed(1), y(value).toFixed(1)];
      if (!index) return `M${px} ${py}`;
      if (interpolation === 'stepAfter') return `H${px}V${py}`;
      if (interpolation === 'stepBefore') return `V${py}H${px}`;
      return `L${px} ${py}`;
    })
    .join('');

function lines({ field, times, values, step, base }, { x, y, floor }) {
  const {
    lineWidth = 1,
    fillOpacity = 0,
    spanNulls = false,
    lineInterpolation,
    showPoints = 'auto',
    pointSize = 5,
    lineStyle,
  } = field.config.custom || {};
  const tint = safeColor(field.display(finite(field.values).pop() ?? null).color);
  const dash = { dash: (lineStyle?.dash || [10, 10]).join(' '), dot: '1 4' }[lineStyle?.fill];
  const baseAt = base && new Map(times.map((time, index) => [time, base[index]]));
  const under = (run) =>
    baseAt
      ? [...run]
          .reverse()
          .map(({ time }) => `L${x(time).toFixed(1)} ${y(baseAt.get(time)).toFixed(1)}`)
          .join('')
      : `V${floor.toFixed(1)}H${x(run[0].time).toFixed(1)}`;
  return runsOf(times, values, step, spanNulls).map((run) => {
    const along = pathOf(run, x, y, lineInterpolation);
    const isAlone = run.length === 1; // a lone point would be no line at all, and nobody would see it
    return [
      fillOpacity > 0 && !isAlone && path(`${along}${under(run)}Z`, { fill: tint, opacity: fillOpacity / 100 }),
      lineWidth > 0 && path(along, { fill: 'none', stroke: tint, strokeWidth: lineWidth, strokeDasharray: dash }),
      (isAlone || showPoints === 'always') &&
        run.map(({ time, value }) => circle(x(time), y(value), pointSize / 2, { fill: tint })),
    ];
  });
}

function bars({ field, times, values, step, base }, { x, y, floor }, [place, of]) {
  const wide = Math.max(1, (x(times[0] + step) - x(times[0])) * 0.85);
  const one = base ? wide : wide / of;
  const opacity = (field.config.custom?.fillOpacity ?? 80) / 100;
  return times.map((time, index) => {
    if (!Number.isFinite(values[index])) return '';
    const [top, bottom] = [y(values[index]), base ? y(base[index]) : floor];
    const left = x(time) - wide / 2 + (base ? 0 : place * one);
    return rect(left, Math.min(top, bottom), one, Math.abs(bottom - top), {
      fill: safeColor(field.display(field.values[index]).color),
      opacity,
    });
  });
}

function thresholdMarks({ config, low, high }, y, left, right) {
  const mode = config.custom?.thresholdsStyle?.mode || 'off';
  const steps = config.thresholds?.steps || [];
  if (mode === 'off' || config.thresholds?.mode === 'percentage') return '';
  return steps.map((step, index) => {
    const [from, to] = [Math.max(low, index === 0 ? low : step.value), Math.min(high, steps[index + 1]?.value ?? high)];
    if (from > high || to < low) return '';
    const isLine = /line|dashed/.test(mode) && index > 0 && step.value >= low;
    return [
      mode.includes('area') &&
        to > from &&
        rect(left, y(to), right - left, y(from) - y(to), { fill: color(step.color), opacity: 0.1 }),
      isLine &&
        line(left, y(step.value), right, y(step.value), {
          stroke: color(step.color),
          strokeDasharray: /dashed/.test(mode) && '8 6',
        }),
    ];
  });
}

function plot(series, width, height, { about, annotations }) {
  const axes = axesOf(series);
  const labelled = axes[0].config.custom?.axisLabel;
  const [top, bottom] = [8 + (labelled ? 12 : 0), height - 22];
  const [left, right] = [axisWidth(axes[0], height), width - (axes[1] ? axisWidth(axes[1], height) : 14)];
  const x = linear(about.from, about.to, left, right);
  const drawn = axes.map((axis) => {
    const positive = isLog(axis.config) && axis.series.flatMap(({ values }) => finite(values)).filter((value) => value > 0);
    const low = positive ? Math.min(...positive) / 1.5 : axis.low;
    const y = (positive ? logarithmic : linear)(low, axis.high, bottom, top);
    const scales = { x, y, floor: y(Math.max(low, Math.min(axis.high, 0))) };
    const barred = axis.series.filter(({ field }) => field.config.custom?.drawStyle === 'bars');
    const shapes = axis.series.map((each) =>
      barred.includes(each) ? bars(each, scales, [barred.indexOf(each), barred.length]) : lines(each, scales),
    );
    return {
      shapes,
      marks: axisMarks({ ...axis, low }, y, left, right, height),
      thresholds: thresholdMarks(axis, y, left, right),
    };
  });
  const clip = `clip${about.id}`;
  return svg(
    width,
    height,
    shape('clipPath', { id: clip }, rect(left, top - 2, right - left, bottom - top + 3)),
    drawn.map((each) => each.marks),
    timeAxis({ x, from: about.from, to: about.to, left, right, top, bottom, zone: about.zone }),
    group(
      { clipPath: `url(#${clip})` },
      drawn.map((each) => [each.thresholds, each.shapes]),
    ),
    marks(annotations, x, top, bottom, about),
    labelled && tick(fitted(labelled, 11, width / 2), 4, 11, 'start'),
  );
}

export function timeseries({ panel, frames, width, height, about, annotations = [] }) {
  const series = stack(seriesOf(frames));
  if (!series.some(({ values }) => finite(values).length)) return null;
  const entries = entriesOf(series.map(({ field }) => field));
  return withLegend(panel.options, entries, width, height, (w, h) => plot(series, w, h, { about, annotations }));
}
