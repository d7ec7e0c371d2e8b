// Asks a Prometheus what a panel would ask it, at a range, for the offices of a world.
import { dashboards } from './files.mjs';
import { panels, step, substitute, values } from './grafana.mjs';
import { end } from './worlds/clock.mjs';

const all = dashboards().filter(({ language }) => language === 'en');
export const named = (name) => all.find((one) => one.name === name).dashboard;
export const names = all.map(({ name }) => name);

/** The request of one target: { instant, expr, from, interval }. */
export function request(dashboard, panel, target, chosen, range) {
  const interval = step(panel, target, range);
  const expr = substitute(target.expr, values(dashboard, chosen), range, interval);
  return { instant: Boolean(target.instant), expr, interval, from: Math.floor((end - range) / interval) * interval };
}

export function send(server, { instant, expr, interval, from }) {
  return instant ? server.query(expr, end) : server.range(expr, from, Math.floor(end / interval) * interval, interval);
}

/** [{ labels, value }] of an instant query, [{ labels, values: Map(time -> value), interval }] of a range query. */
export async function ask(server, name, id, ref, chosen, range) {
  const dashboard = named(name);
  const panel = panels(dashboard).find((one) => one.id === id);
  const target = panel?.targets.find(({ refId }) => refId === ref);
  if (!target) throw new Error(`${name} has no panel ${id} with query ${ref}`);
  const asked = request(dashboard, panel, target, chosen, range);
  return (await send(server, asked)).map(({ metric, value, values: points }) =>
    asked.instant
      ? { labels: metric, value: Number(value[1]) }
      : { labels: metric, values: new Map(points.map(([t, v]) => [t, Number(v)])), interval: asked.interval },
  );
}
