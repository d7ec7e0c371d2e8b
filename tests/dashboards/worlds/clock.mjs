// The fixtures' time: thirty days that end at a fixed moment, sampled hourly, then every two minutes for the last day, then every
// half minute for the last hours, and every 15 s around whatever happens. Aligned, so that windows hold what they should.
export const end = Date.UTC(2026, 10, 22, 8) / 1000;
export const minute = 60;
export const hour = 3600;
export const day = 86400;
export const start = end - 30 * day;
export const ago = (seconds) => end - seconds;

const tiers = [
  [start, 30 * day - day, hour],
  [ago(day), day - 90 * minute, 2 * minute],
  [ago(90 * minute), 90 * minute, 30],
];

/** The moments at which an office is scraped; `happenings` are moments around which it is looked at closely. */
export function moments(happenings) {
  const all = new Set([end]);
  for (const [from, length, step] of tiers) {
    for (let t = from; t < from + length; t += step) all.add(t);
  }
  for (const moment of happenings) {
    for (let t = moment - 4 * minute; t <= moment + 6 * minute; t += 15) {
      if (t > start && t <= end) all.add(Math.round(t / 15) * 15);
    }
  }
  return [...all].sort((a, b) => a - b);
}

/** The same number for the same words: fixtures do not change from run to run. */
export function noise(words, t) {
  let hash = 2166136261;
  for (const letter of `${words}${Math.floor(t / 60)}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619);
  return ((hash >>> 0) % 10007) / 10007;
}
