// What Grafana does to a query before Prometheus sees it: the step of a panel and the variables in an expression. The rules are
// those of Grafana's Prometheus data source; an unknown variable is an error, not an empty string.

const steps = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800, 2592000,
];
// Each step is taken up to halfway to the next one.
const limits = [
  1.5, 3, 7.5, 12.5, 17.5, 25, 45, 90, 210, 450, 750, 1050, 1500, 2700, 5400, 9000, 16200, 32400, 86400, 604800, 1814400, 3628800,
];
const scrape = 15;
const units = { s: 1, m: 60, h: 3600, d: 86400 };

export const seconds = (duration) => Number.parseFloat(duration) * units[duration.at(-1)];
export const duration = (n) =>
  n % 86400 === 0 ? `${n / 86400}d` : n % 3600 === 0 ? `${n / 3600}h` : n % 60 === 0 ? `${n / 60}m` : `${n}s`;

/** The step of a panel's query: the range by the panel's points, rounded, and never shorter than the least. */
export function step(panel, target, range) {
  const wanted = range / (panel.maxDataPoints ?? 700);
  const rounded = steps[limits.findIndex((limit) => wanted < limit)];
  const least = Math.max(...[panel.interval, target.interval].filter(Boolean).map(seconds), scrape);
  return Math.max(rounded, least);
}

/** The variables of a dashboard with their present values, as what goes into an expression. */
export function values(dashboard, chosen = {}) {
  return Object.fromEntries(
    dashboard.templating.list.map(({ name, allValue, includeAll, current }) => [
      name,
      chosen[name] ?? (includeAll ? allValue : (current?.value ?? '.+')),
    ]),
  );
}

export function substitute(text, variables, range, interval) {
  const all = {
    ...variables,
    __interval: duration(interval),
    __interval_ms: interval * 1000,
    __range: duration(range),
    __range_s: range,
    __rate_interval: duration(Math.max(interval + scrape, 4 * scrape)),
  };
  return text.replace(/\$\{([a-z_]\w*)(?::\w+)?\}|\$([a-z_]\w*)/gi, (whole, braced, bare) => {
    const name = braced ?? bare;
    if (!(name in all)) throw new Error(`unknown variable ${whole}`);
    return all[name];
  });
}

/** All panels, those in folded rows too. */
export const panels = (dashboard) =>
  dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]).filter(({ type }) => type !== 'row');
export const queries = (dashboard) =>
  panels(dashboard).flatMap((panel) => (panel.targets ?? []).map((target) => ({ panel, target })));
