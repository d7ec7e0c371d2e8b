// Runs the queries of one panel, as Grafana would: the step from the panel's width, instant queries at the end of the
// range, variables put in. It draws nothing.
import { aligned, queryStep, durationMs } from './interval.mjs';
import { builtInVariables } from './variables.mjs';
import { interpolateQuery } from './interpolate.mjs';
import { heatmapFrames, seriesFrames, tableFrames } from './frames.mjs';

// A panel may have its own range: "timeFrom" replaces the start, "timeShift" moves both ends back.
export function panelRange(panel, { from, to }) {
  const length = panel.timeFrom ? durationMs(panel.timeFrom.replace(/^now-/, '')) : to - from;
  const shift = panel.timeShift ? durationMs(panel.timeShift) : 0;
  if (Number.isNaN(length + shift))
    throw new Error(`panel range "${panel.timeFrom ?? ''} ${panel.timeShift ?? ''}" cannot be read`);
  return { from: to - length - shift, to: to - shift };
}

export function plan(target, panel, { from, to, width, variables, dashboard, scrape, offsetMs = 0 }) {
  const text = (value) => (value ? interpolateQuery(value, variables) : value);
  const { step, interval, rate } = queryStep({
    rangeMs: to - from,
    maxDataPoints: panel.maxDataPoints || Math.max(1, Math.round(width)),
    panelMinInterval: text(panel.interval),
    minStep: target.interval,
    factor: target.intervalFactor,
    scrape,
  });
  const known = { ...variables, ...builtInVariables({ dashboard, from, to, interval: step, rate }) };
  return {
    query: interpolateQuery(target.expr, known),
    step,
    interval,
    start: aligned(from, step, offsetMs),
    end: aligned(to, step, offsetMs),
    at: to,
    isInstant: Boolean(target.instant),
    isRange: Boolean(target.range) || !target.instant,
  };
}

const shapes = { table: tableFrames, heatmap: heatmapFrames, time_series: seriesFrames };
const isEmpty = (data) => Array.isArray(data.result) && data.result.length === 0;

async function answersTo(target, planned, api) {
  const asked = [];
  if (planned.isInstant) asked.push(api.instant(planned.query, planned.at));
  if (planned.isRange) asked.push(api.range(planned.query, planned.start, planned.end, planned.step));
  return Promise.all(asked).catch((error) => {
    throw new Error(`${target.refId}: ${error.message}\n${planned.query}`);
  });
}

export async function runTargets(panel, context) {
  const targets = (panel.targets || []).filter((target) => !target.hide && target.expr);
  const unknown = targets.find(({ format = 'time_series' }) => !Object.hasOwn(shapes, format));
  if (unknown) throw new Error(`query format "${unknown.format}" is not known`);
  const range = panelRange(panel, context);
  const asked = await Promise.all(
    targets.map(async (target) => {
      const planned = plan(target, panel, { ...context, ...range });
      return { target, planned, answers: await answersTo(target, planned, context.api) };
    }),
  );
  // As in Grafana a query without an answer does not count: the only other one is then called "Value", without its letter.
  const many =
    asked.filter(({ target, answers }) => target.format === 'table' && answers.some((data) => !isEmpty(data))).length > 1;
  return asked.flatMap(({ target, planned, answers }) => {
    const about = { refId: target.refId, legendFormat: target.legendFormat, step: planned.step, query: planned.query, many };
    return answers.flatMap((data) => shapes[target.format || 'time_series'](data, about));
  });
}
