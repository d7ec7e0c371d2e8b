// Units, value mappings, thresholds and overrides: what a value looks like.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { field } from '../../dashboards/preview/data/frames.mjs';
import { between, color, paletteColor, readableOn, thresholdColor } from '../../dashboards/preview/look/colors.mjs';
import { dressed, missing } from '../../dashboards/preview/look/display.mjs';
import { unitWriter } from '../../dashboards/preview/look/units.mjs';

const about = { zone: 'Asia/Makassar', now: Date.UTC(2026, 10, 22, 8) };
const cases = [
  ['none', 2.345678, undefined, '2.35'],
  ['none', 12345, undefined, '12345'],
  ['short', 12345, undefined, '12.3 K'],
  ['short', 0, undefined, '0'],
  ['percent', 99.95, 1, '100.0%'],
  ['percentunit', 0.9991, undefined, '99.9%'],
  ['percentunit', 0.9991, 3, '99.910%'],
  ['s', 0, undefined, '0 s'],
  ['s', 0.0123, undefined, '12.3 ms'],
  ['s', 45, undefined, '45 s'],
  ['s', 90, undefined, '1.5 mins'],
  ['s', 302400, undefined, '3.5 days'],
  ['dtdurations', 5025, 1, '1 hour, 23 minutes'],
  ['dtdurations', 59, undefined, '59 seconds'],
  ['dtdurations', -61, 1, '1 minute, 1 second ago'],
  ['dtdhms', 93784, undefined, '1 d 02:03:04'],
  ['dthms', 93784, undefined, '26:03:04'],
  ['clocks', 3725, 1, '01h:02m'],
  ['bytes', 1536 * 1024, undefined, '1.5 MiB'],
  ['Bps', 123456, undefined, '123 kB/s'],
  ['volt', 228.4, undefined, '228 V'],
  ['watt', 1500, undefined, '1.5 kW'],
  ['celsius', 27.25, 1, '27.3 °C'],
  ['dateTimeAsIso', Date.UTC(2026, 10, 21, 23, 5, 9), undefined, '2026-11-22 07:05:09'],
  ['dateTimeAsIsoNoDateIfToday', Date.UTC(2026, 10, 21, 23, 5, 9), undefined, '07:05:09'],
  ['dateTimeFromNow', Date.UTC(2026, 10, 22, 7, 30), undefined, '30 minutes ago'],
  ['suffix:kali', 3, 0, '3 kali'],
  ['bool_yes_no', 1, undefined, 'Yes'],
  ['s', Infinity, undefined, '∞ years'],
];

test('numbers are written as Grafana writes them', () => {
  for (const [unit, value, decimals, wanted] of cases)
    assert.equal(unitWriter(unit)(value, decimals, about), wanted, `${value} as ${unit}`);
});

test('a unit that nobody knows is an error', () => {
  assert.throws(() => unitWriter('furlongs'), /unit "furlongs" is not known/);
});

const shown = (config, value, type = 'number') => {
  const [
    {
      fields: [only],
    },
  ] = dressed([{ fields: [field('Value', type, [value])] }], { defaults: config, overrides: [] }, about);
  return only.display(value);
};

test('mappings: values, ranges, patterns and special values', () => {
  const mappings = [
    { type: 'value', options: { 0: { text: 'padam', color: 'orange' }, 6: { text: 'normal' } } },
    { type: 'range', options: { from: 10, to: null, result: { text: 'many', color: '#123456' } } },
    { type: 'special', options: { match: 'null', result: { text: 'tidak terlihat', color: '#8e8e93' } } },
    { type: 'regex', options: { pattern: 'Siaga(.*)', result: { text: '$1' } } },
  ];
  assert.deepEqual([shown({ mappings }, 0).text, shown({ mappings }, 0).color], ['padam', '#FF9830']);
  assert.equal(shown({ mappings }, 6).text, 'normal');
  assert.deepEqual([shown({ mappings }, 25).text, shown({ mappings }, 25).color], ['many', '#123456']);
  assert.deepEqual([shown({ mappings }, null).text, shown({ mappings }, null).color], ['tidak terlihat', '#8e8e93']);
  assert.equal(shown({ mappings }, 'SiagaLinkDown', 'string').text, 'LinkDown');
  assert.equal(shown({ mappings }, 3).text, '3');
});

test('thresholds: the highest step that is reached', () => {
  const thresholds = {
    mode: 'absolute',
    steps: [
      { value: null, color: 'green' },
      { value: 1, color: 'yellow' },
      { value: 5, color: 'red' },
    ],
  };
  assert.deepEqual(
    [0, 1, 4.9, 5].map((value) => thresholdColor(thresholds, value, 0)),
    [color('green'), color('yellow'), color('yellow'), color('red')],
  );
  assert.equal(thresholdColor({ ...thresholds, mode: 'percentage' }, 0, 0.03), color('yellow'));
});

test('what is not known gets the lowest threshold, as in Grafana: a trap that the preview must not hide', () => {
  const thresholds = {
    mode: 'absolute',
    steps: [
      { value: null, color: 'green' },
      { value: 1, color: 'red' },
    ],
  };
  assert.equal(shown({ thresholds, noValue: 'tidak ada data' }, null).color, color('green'));
  const nothing = missing({ defaults: { thresholds, noValue: 'tidak ada data' } }, about, 'No data');
  assert.deepEqual([nothing.text, nothing.color], ['tidak ada data', color('green')]);
  assert.equal(missing({ defaults: {} }, about, 'No data').text, 'No data');
});

test('overrides find fields by name and pattern, the last one wins', () => {
  const frames = [
    {
      refId: 'A',
      fields: [field('Time', 'time', [1]), field('Value', 'number', [1], { office: 'berau' }, { displayNameFromDS: 'berau' })],
    },
  ];
  const overrides = [
    {
      matcher: { id: 'byRegexp', options: '/^ber/' },
      properties: [
        { id: 'unit', value: 's' },
        { id: 'custom.width', value: 90 },
      ],
    },
    {
      matcher: { id: 'byName', options: 'berau' },
      properties: [
        { id: 'unit', value: 'percent' },
        { id: 'color', value: { mode: 'fixed', fixedColor: 'purple' } },
      ],
    },
    { matcher: { id: 'byName', options: 'paser' }, properties: [{ id: 'unit', value: 'volt' }] },
  ];
  const [
    {
      fields: [, value],
    },
  ] = dressed(frames, { defaults: {}, overrides }, about);
  assert.deepEqual(
    [value.title, value.config.unit, value.config.custom.width, value.display(1).color, value.display(1).text],
    ['berau', 'percent', 90, color('purple'), '1%'],
  );
  assert.throws(
    () => dressed(frames, { overrides: [{ matcher: { id: 'byMoon', options: 1 }, properties: [] }] }, about),
    /matcher "byMoon"/,
  );
});

test('colours', () => {
  assert.equal(paletteColor(0), color('green'));
  assert.equal(color('red;background:url(x)'), '#8e8e93', 'only a colour may reach a style');
  assert.equal(between(['#000000', '#ffffff'], 0.5), '#808080');
  assert.deepEqual([readableOn('#fade2a'), readableOn('#7a2e0e')], ['#111217', '#ffffff']);
});
