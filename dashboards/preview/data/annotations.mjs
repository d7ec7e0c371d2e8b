// Asks for a dashboard's annotations and joins neighbouring samples to spans, one mark per series and span.
import { aligned, durationMs, maxPoints, roundedStep } from './interval.mjs';
import { builtInVariables } from './variables.mjs';
import { interpolateQuery } from './interpolate.mjs';

const filled = (format, metric) => (format || '').replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => metric[label] ?? '');

export function spansOf(values, step) {
  const spans = [];
  for (const [seconds, value] of values) {
    if (!(Number(value) > 0)) continue;
    const at = seconds * 1000;
    const last = spans[spans.length - 1];
    if (last && at - last.end <= step) last.end = at;
    else spans.push({ start: at, end: at });
  }
  return spans;
}

async function one(annotation, { api, from, to, variables, dashboard }) {
  const expr = annotation.expr ?? annotation.target?.expr;
  if (!expr) return [];
  const step = Math.max(durationMs(annotation.step || '60s'), roundedStep((to - from) / maxPoints));
  const known = { ...variables, ...builtInVariables({ dashboard, from, to, interval: step, rate: 4 * step }) };
  const { result } = await api.range(interpolateQuery(expr, known), aligned(from, step), aligned(to, step), step);
  return result.flatMap(({ metric, values }) =>
    spansOf(values, step).map((span) => ({
      ...span,
      color: annotation.iconColor || 'blue',
      name: annotation.name,
      title: [filled(annotation.titleFormat, metric) || annotation.name, filled(annotation.textFormat, metric)]
        .filter(Boolean)
        .join(': '),
    })),
  );
}

export async function runAnnotations(dashboard, context) {
  const list = (dashboard.annotations?.list || []).filter(({ enable, builtIn }) => enable && !builtIn);
  return (await Promise.all(list.map((each) => one(each, { ...context, dashboard })))).flat();
}
