// The step formula, rounding, alignment and times, against numbers worked out by hand from Grafana's rules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  aligned,
  durationMs,
  durationText,
  panelInterval,
  queryStep,
  rateInterval,
  roundedStep,
} from '../../dashboards/preview/data/interval.mjs';
import { clockText, timeFrom, zoneName } from '../../dashboards/preview/data/time.mjs';

const hour = 36e5;
const zone = 'Asia/Makassar';

test('durations are read in every form that dashboards write', () => {
  assert.equal(durationMs('15s'), 15000);
  assert.equal(durationMs('1h30m'), 54e5);
  assert.equal(durationMs('>30s'), 30000);
  assert.ok(Number.isNaN(durationMs('soon')));
  assert.equal(durationText(90000), '90s');
  assert.equal(durationText(864e5), '1d');
});

test('steps are round', () => {
  assert.equal(roundedStep(9000), 10000);
  assert.equal(roundedStep(61000), 60000);
  assert.equal(roundedStep(250 * 1000), 300000);
});

test('the step comes from range and width, and not below the scrape interval', () => {
  assert.equal(panelInterval(6 * hour, 1000), 20000);
  assert.equal(panelInterval(hour, 1000), 15000, 'an hour over 1000 points would be 3.6 s');
  assert.equal(panelInterval(hour, 1000, '1m'), 60000, 'the panel asks for at least a minute');
  assert.equal(panelInterval(30 * 24 * hour, 600), 36e5);
});

test('the rate interval is four scrapes, or one scrape more than the step', () => {
  assert.equal(rateInterval(15000, 15000), 60000);
  assert.equal(rateInterval(120000, 15000), 135000);
  assert.deepEqual(queryStep({ rangeMs: 24 * hour, maxDataPoints: 700 }), { step: 120000, interval: 120000, rate: 135000 });
});

test("a query's own min step wins over the panel's", () => {
  assert.equal(queryStep({ rangeMs: hour, maxDataPoints: 1000, minStep: '1d' }).step, 864e5);
  assert.equal(queryStep({ rangeMs: hour, maxDataPoints: 1000, minStep: '$__rate_interval' }).step, 60000);
});

test('no query asks for more points than Prometheus gives', () => {
  const year = 365 * 24 * hour;
  const { step } = queryStep({ rangeMs: year, maxDataPoints: 1e6, panelMinInterval: '1s' });
  assert.ok(year / step <= 11000, `${year / step} points`);
});

test('ranges are whole steps', () => {
  assert.equal(aligned(1_000_123, 1000), 1_000_000);
  assert.equal(aligned(Date.UTC(2026, 10, 22, 8), 864e5, 8 * hour), Date.UTC(2026, 10, 21, 16), 'days begin at midnight in WITA');
});

test('relative times are those of the time zone', () => {
  const now = Date.UTC(2026, 10, 22, 8, 30);
  assert.equal(timeFrom('now-6h', now, zone), now - 6 * hour);
  assert.equal(timeFrom('now/d', now, zone), Date.UTC(2026, 10, 21, 16));
  assert.equal(timeFrom('now/M', now, zone), Date.UTC(2026, 9, 31, 16));
  assert.equal(timeFrom('now-1M/M', now, zone, true), Date.UTC(2026, 9, 31, 16) - 1);
  assert.equal(timeFrom('1795334400', now, zone), 1795334400000);
  assert.equal(timeFrom('1795334400000', now, zone), 1795334400000);
  assert.throws(() => timeFrom('yesterday-ish', now, zone), /cannot read/);
  assert.equal(clockText(now, zone, { date: true }), '2026-11-22 16:30');
  assert.equal(zoneName(zone, now), 'WITA (UTC+8)');
});
