// How far apart a query's points are, as Grafana works it out:
//   step = round(range / maxDataPoints), but at least the panel's or query's min interval, and at least range / 11000
//   $__rate_interval = max($__interval + scrape interval, 4 * scrape interval)
// All numbers here are milliseconds. Nothing here knows panels, HTTP or the clock.

const units = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5, M: 2592e6, y: 31536e6 };
export const defaultScrapeInterval = '15s';
export const maxPoints = 11000; // Prometheus refuses more points per series than this

// "1h30m", "15s", ">30s" and "2m0s" to milliseconds; NaN for what is not a duration.
export function durationMs(text) {
  const plain = String(text).trim().replace(/^>/, '');
  if (!/^(\d+(\.\d+)?(ms|[smhdwMy]))+$/.test(plain)) return NaN;
  return [...plain.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwMy])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * units[unit],
    0,
  );
}

// [below this, use that]: only round steps, so that neighbouring panels share their points.
const steps = [
  [15, 10],
  [35, 20],
  [75, 50],
  [150, 100],
  [350, 200],
  [750, 500],
  [1500, 1e3],
  [3500, 2e3],
  [7500, 5e3],
  [12500, 1e4],
  [17500, 15e3],
  [25e3, 2e4],
  [45e3, 3e4],
  [9e4, 6e4],
  [21e4, 12e4],
  [45e4, 3e5],
  [75e4, 6e5],
  [105e4, 9e5],
  [15e5, 12e5],
  [27e5, 18e5],
  [54e5, 36e5],
  [9e6, 72e5],
  [162e5, 108e5],
  [324e5, 216e5],
  [864e5, 432e5],
  [6048e5, 864e5],
  [18144e5, 6048e5],
  [36288e5, 2592e6],
];

export function roundedStep(ms) {
  const found = steps.find(([limit]) => ms < limit);
  return found ? found[1] : units.y;
}

function notBelow(rangeMs, points, minimum) {
  const wanted = rangeMs / points;
  return wanted < minimum ? minimum : roundedStep(wanted);
}

// What $__interval is in a panel: the panel's own min interval wins over the data source's.
export function panelInterval(rangeMs, maxDataPoints, minInterval) {
  const minimum = durationMs(minInterval || defaultScrapeInterval);
  return Math.max(1, notBelow(rangeMs, maxDataPoints, minimum));
}

export function rateInterval(intervalMs, scrapeMs) {
  return Math.max(intervalMs + scrapeMs, 4 * scrapeMs);
}

// A query's step and $__rate_interval. `minStep` is the query's own "Min step", which may be a variable.
export function queryStep({ rangeMs, maxDataPoints, panelMinInterval, minStep, factor = 1, scrape = defaultScrapeInterval }) {
  const scrapeMs = durationMs(scrape);
  const interval = panelInterval(rangeMs, maxDataPoints, panelMinInterval || scrape);
  const isVariable = /^\$\{?__(rate_)?interval(_ms)?\}?$/.test(minStep || '');
  const minimum = minStep && !isVariable ? durationMs(minStep) : interval;
  const safe = roundedStep(rangeMs / maxPoints);
  const adjusted = Math.max(safe, notBelow(rangeMs, maxDataPoints, minimum));
  if (/__rate_interval/.test(minStep || '')) {
    const step = rateInterval(adjusted, scrapeMs);
    return { step, interval, rate: step };
  }
  const step = adjusted * (factor || 1);
  const assumedScrape = minStep ? (isVariable ? step : minimum) : scrapeMs;
  return { step, interval, rate: rateInterval(interval, assumedScrape) };
}

// Grafana asks for whole steps, so that a refresh does not move every point.
export function aligned(ms, step, offsetMs = 0) {
  return Math.floor((ms + offsetMs) / step) * step - offsetMs;
}

// 90000 -> "90s"; Prometheus reads every one of these.
export function durationText(ms) {
  for (const unit of ['d', 'h', 'm', 's']) if (ms >= units[unit] && ms % units[unit] === 0) return ms / units[unit] + unit;
  return Math.round(ms) + 'ms';
}
