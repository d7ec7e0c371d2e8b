// Times as dashboards write them ("now-6h", "now/M", unix seconds) and as people read them in one time zone.
// It never reads the clock: `now` is always given. All instants are unix milliseconds.
import { durationMs } from './interval.mjs';

const parts = (ms, zone) => {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    weekday: 'short',
  });
  return Object.fromEntries(format.formatToParts(new Date(ms)).map((part) => [part.type, part.value]));
};

export function zoneOffsetMs(ms, zone) {
  const p = parts(ms, zone);
  const asUtc = Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second);
  return asUtc - Math.floor(ms / 1000) * 1000;
}

export function clockText(ms, zone, { date = false, seconds = false } = {}) {
  const p = parts(ms, zone);
  const clock = `${p.hour}:${p.minute}` + (seconds ? `:${p.second}` : '');
  return date ? `${p.year}-${p.month}-${p.day} ${clock}` : clock;
}

export function dayText(ms, zone) {
  const p = parts(ms, zone);
  return `${p.day}/${p.month}`;
}

export const sameDay = (a, b, zone) => dayText(a, zone) === dayText(b, zone) && Math.abs(a - b) < 864e5;

const indonesian = { 'Asia/Jakarta': 'WIB', 'Asia/Pontianak': 'WIB', 'Asia/Makassar': 'WITA', 'Asia/Jayapura': 'WIT' };
export function zoneName(zone, ms) {
  const hours = zoneOffsetMs(ms, zone) / 36e5;
  return `${indonesian[zone] || zone} (UTC${hours < 0 ? '' : '+'}${hours})`;
}

// Start (or last millisecond) of the day, week (Monday), month or year that holds `ms`.
function startOf(ms, unit, zone, roundUp) {
  const p = parts(ms, zone);
  const day = (new Date(Date.UTC(p.year, p.month - 1, p.day)).getUTCDay() + 6) % 7;
  const up = roundUp ? 1 : 0;
  const wanted = {
    m: [p.year, p.month - 1, p.day, p.hour, +p.minute + up],
    h: [p.year, p.month - 1, p.day, +p.hour + up],
    d: [p.year, p.month - 1, +p.day + up],
    w: [p.year, p.month - 1, +p.day - day + 7 * up],
    M: [p.year, p.month - 1 + up, 1],
    y: [+p.year + up, 0, 1],
  }[unit];
  if (!wanted) throw new Error(`time: cannot round to "${unit}"`);
  const local = Date.UTC(...wanted);
  return local - zoneOffsetMs(local - zoneOffsetMs(local, zone), zone) - up;
}

function minusMonths(ms, months, zone) {
  const shift = zoneOffsetMs(ms, zone);
  const date = new Date(ms + shift);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime() - shift;
}

// "now-1M/M" and the like. A bare number is unix time: seconds below 1e11, milliseconds above.
export function timeFrom(text, now, zone, roundUp = false) {
  const plain = String(text).trim();
  if (/^\d+(\.\d+)?$/.test(plain)) return Number(plain) < 1e11 ? Number(plain) * 1000 : Number(plain);
  const match = /^now((?:[-+]\d+[smhdwMy])*)(?:\/([mhdwMy]))?$/.exec(plain);
  if (!match) {
    const instant = Date.parse(plain);
    if (Number.isNaN(instant)) throw new Error(`time: cannot read "${plain}"`);
    return instant;
  }
  let at = now;
  for (const [, sign, amount, unit] of match[1].matchAll(/([-+])(\d+)([smhdwMy])/g)) {
    const direction = sign === '-' ? 1 : -1;
    if (unit === 'M' || unit === 'y') at = minusMonths(at, direction * amount * (unit === 'y' ? 12 : 1), zone);
    else at -= direction * durationMs(amount + unit);
  }
  return match[2] ? startOf(at, match[2], zone, roundUp) : at;
}
