// Numbers as Grafana writes them, by the unit's name. A unit that is not known is an error, since Grafana would write its
// name behind the number and nobody would see the mistake before it is installed.
import { clockText, sameDay } from '../data/time.mjs';

// Three digits that count, none behind the point of a whole number.
function decimalsFor(value) {
  if (value === 0 || value % 1 === 0) return 0;
  return Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
}

// Trailing zeros go when the dashboard did not ask for a number of decimals.
export function plain(value, decimals) {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '-∞' : 'NaN';
  if (decimals === undefined || decimals === null) return String(Number(value.toFixed(Math.min(20, decimalsFor(value)))));
  return value.toFixed(decimals);
}

const withSuffix = (suffix) => (value, decimals) => plain(value, decimals) + suffix;

const scaled =
  (factor, suffixes, start = 0) =>
  (value, decimals) => {
    if (!Number.isFinite(value) || value === 0) return plain(value, decimals) + suffixes[start];
    const power = Math.floor(Math.log(Math.abs(value)) / Math.log(factor) + 1e-9);
    const index = Math.min(suffixes.length - 1, Math.max(0, start + power));
    return plain(value / factor ** (index - start), decimals) + suffixes[index];
  };

const si = (symbol) =>
  scaled(
    1000,
    ['n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P'].map((prefix) => ` ${prefix}${symbol}`),
    3,
  );
const binary = (symbol) =>
  scaled(
    1024,
    ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'].map((prefix) => ` ${prefix}${symbol}`),
  );
const rate = (symbol) =>
  scaled(
    1000,
    ['', 'K', 'M', 'B', 'T'].map((prefix) => `${prefix} ${symbol}`),
  );

const spans = [
  [60, 1, ' s'],
  [3600, 60, ' mins'],
  [86400, 3600, ' hours'],
  [604800, 86400, ' days'],
  [31536000, 604800, ' weeks'],
  [Infinity, 31556900, ' years'],
];

export function seconds(value, decimals) {
  const size = Math.abs(value);
  if (size === 0) return '0 s';
  if (size < 1e-6) return plain(value * 1e9, decimals) + ' ns';
  if (size < 1e-3) return plain(value * 1e6, decimals) + ' µs';
  if (size < 1) return plain(value * 1e3, decimals) + ' ms';
  const [, divisor, suffix] = spans.find(([limit]) => size < limit) || spans[spans.length - 1];
  return plain(value / divisor, decimals) + suffix;
}

const parts = [
  ['year', 31536e6],
  ['month', 2592e6],
  ['week', 6048e5],
  ['day', 864e5],
  ['hour', 36e5],
  ['minute', 6e4],
  ['second', 1e3],
  ['millisecond', 1],
];

// "1 hour, 23 minutes": after the first part, `decimals` more.
function duration(ms, decimals, unit) {
  if (ms === 0) return `0 ${unit}s`;
  if (ms < 0) return duration(-ms, decimals, unit) + ' ago';
  const words = [];
  let rest = ms;
  for (const [name, size] of parts) {
    const count = Math.floor(rest / size);
    if (!words.length && count < 1) continue;
    if (words.length > (decimals || 0)) break;
    words.push(`${count} ${name}${count === 1 ? '' : 's'}`);
    rest %= size;
  }
  return words.join(', ');
}

const two = (value) => String(Math.floor(value)).padStart(2, '0');
function hms(value) {
  if (value < 0) return hms(-value) + ' ago';
  return `${two(value / 3600)}:${two((value % 3600) / 60)}:${two(value % 60)}`;
}
const dhms = (value) => (value < 0 ? dhms(-value) + ' ago' : `${Math.floor(value / 86400)} d ${hms(value % 86400)}`);

function clock(value, decimals) {
  const ms = Math.abs(value);
  const cut = (words) => (decimals === undefined || decimals === null ? words : words.slice(0, decimals + 1)).join(':');
  const tail = [`${two((ms % 6e4) / 1e3)}s`, `${String(Math.floor(ms % 1e3)).padStart(3, '0')}ms`];
  if (ms < 1e3) return `${Math.floor(ms)}ms`;
  if (ms < 6e4) return cut(tail);
  const minutes = `${two((ms % 36e5) / 6e4)}m`;
  return ms < 36e5 ? cut([minutes, ...tail]) : cut([`${two(ms / 36e5)}h`, minutes, ...tail]);
}

const ages = [
  [45, () => 'a few seconds'],
  [90, () => 'a minute'],
  [2700, (s) => `${Math.round(s / 60)} minutes`],
  [5400, () => 'an hour'],
  [79200, (s) => `${Math.round(s / 3600)} hours`],
  [129600, () => 'a day'],
  [2246400, (s) => `${Math.round(s / 86400)} days`],
  [3888000, () => 'a month'],
  [27648000, (s) => `${Math.round(s / 2592000)} months`],
  [47304000, () => 'a year'],
  [Infinity, (s) => `${Math.round(s / 31536000)} years`],
];

function fromNow(ms, _, { now }) {
  const age = (now - ms) / 1000;
  const words = ages.find(([limit]) => Math.abs(age) < limit)[1](Math.abs(age));
  return age >= 0 ? `${words} ago` : `in ${words}`;
}

const full = (ms, _, { zone }) => clockText(ms, zone, { date: true, seconds: true });
const unlessToday = (ms, _, { zone, now }) => clockText(ms, zone, { date: !sameDay(ms, now, zone), seconds: true });

const units = {
  none: withSuffix(''),
  short: scaled(1000, ['', ' K', ' Mil', ' Bil', ' Tri']),
  string: (value) => String(value),
  sishort: si(''),
  percent: withSuffix('%'),
  percentunit: (value, decimals) => plain(value * 100, decimals) + '%',
  locale: (value) => value.toLocaleString('en'),
  s: seconds,
  ms: (value, decimals) => (Math.abs(value) < 1000 ? plain(value, decimals) + ' ms' : seconds(value / 1000, decimals)),
  m: (value, decimals) => (Math.abs(value) < 60 ? plain(value, decimals) + ' min' : seconds(value * 60, decimals)),
  h: (value, decimals) => (Math.abs(value) < 24 ? plain(value, decimals) + ' hour' : seconds(value * 3600, decimals)),
  d: (value, decimals) => (Math.abs(value) < 7 ? plain(value, decimals) + ' day' : seconds(value * 86400, decimals)),
  dtdurations: (value, decimals) => duration(value * 1000, decimals, 'second'),
  dtdurationms: (value, decimals) => duration(value, decimals, 'millisecond'),
  dthms: hms,
  dtdhms: dhms,
  clocks: (value, decimals) => clock(value * 1000, decimals),
  clockms: clock,
  bytes: binary('B'),
  decbytes: si('B'),
  kbytes: (value, decimals) => binary('B')(value * 1024, decimals),
  bits: binary('b'),
  decbits: si('b'),
  Bps: si('B/s'),
  binBps: binary('B/s'),
  bps: si('b/s'),
  binbps: binary('b/s'),
  pps: si('p/s'),
  volt: si('V'),
  watt: si('W'),
  voltamp: si('VA'),
  amp: si('A'),
  hertz: si('Hz'),
  celsius: withSuffix(' °C'),
  humidity: withSuffix(' %H'),
  ops: rate('ops/s'),
  reqps: rate('req/s'),
  cps: rate('c/s'),
  cpm: rate('c/m'),
  rps: rate('rd/s'),
  bool: (value) => (value ? 'True' : 'False'),
  bool_yes_no: (value) => (value ? 'Yes' : 'No'),
  bool_on_off: (value) => (value ? 'On' : 'Off'),
  dateTimeAsIso: full,
  dateTimeAsSystem: full,
  dateTimeAsLocal: full,
  dateTimeAsIsoNoDateIfToday: unlessToday,
  dateTimeAsLocalNoDateIfToday: unlessToday,
  dateTimeFromNow: fromNow,
};

const own = {
  suffix: (text) => withSuffix(text ? ' ' + text : ''),
  prefix: (text) => (value, decimals) => text + plain(value, decimals),
  si: (text) => si(text),
  count: (text) => rate(text),
  time: (shape) => (ms, _, about) => dateText(ms, shape, about),
};

function dateText(ms, shape, { zone }) {
  const [, year, month, day, hour, minute, second] = /^(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+)$/.exec(full(ms, null, { zone }));
  const pieces = { YYYY: year, MM: month, DD: day, HH: hour, mm: minute, ss: second };
  return shape.replace(/YYYY|MM|DD|HH|mm|ss/g, (piece) => pieces[piece]);
}

export const isTimeUnit = (unit) => /^(dateTime|time:)/.test(unit || '');

export function unitWriter(unit) {
  const name = unit || 'none';
  if (Object.hasOwn(units, name)) return units[name];
  const [, kind, text] = /^(\w+):(.*)$/s.exec(name) || [];
  if (kind && Object.hasOwn(own, kind)) return own[kind](text);
  throw new Error(`unit "${name}" is not known`);
}
