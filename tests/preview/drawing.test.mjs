// The drawn panels: gaps stay gaps, unknown stays grey, hostile labels stay text, and what cannot be drawn says so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seriesFrames, tableFrames } from '../../dashboards/preview/data/frames.mjs';
import { transformed } from '../../dashboards/preview/data/transform.mjs';
import { dressed } from '../../dashboards/preview/look/display.mjs';
import { markdown } from '../../dashboards/preview/look/markdown.mjs';
import { runsOf, ticks, timeTicks } from '../../dashboards/preview/look/scale.mjs';
import { escape, fitted, html, safeLink, textWidth } from '../../dashboards/preview/look/text.mjs';
import { drawn, knownPanels } from '../../dashboards/preview/panels/index.mjs';
import { linkOf } from '../../dashboards/preview/panels/table.mjs';
import { spansOf } from '../../dashboards/preview/panels/timeline.mjs';
import { wordsFor } from '../../dashboards/preview/words.mjs';

const [from, to, step] = [0, 3600_000, 60_000];
const about = { zone: 'UTC', now: to, from, to, words: wordsFor('en'), variables: {}, id: 1 };
const hostile = '<script>document.title="broken"</script>';
const grey = '#8e8e93';
const states = [
  {
    type: 'value',
    options: { 0: { text: 'down', color: 'red' }, 1: { text: 'unknown', color: grey }, 4: { text: 'up', color: 'green' } },
  },
];

// Points as [minute, value]; the minutes that are left out are gaps.
const matrix = (...list) => ({
  resultType: 'matrix',
  result: list.map(([metric, points]) => ({ metric, values: points.map(([minute, value]) => [minute * 60, String(value)]) })),
});
const series = (list, fieldConfig = {}) =>
  dressed(seriesFrames(matrix(...list), { refId: 'A', legendFormat: '{{office}}', step }), fieldConfig, about);
const draw = (panel, frames) =>
  String(drawn({ panel: { options: {}, fieldConfig: {}, ...panel }, frames, width: 600, height: 240, about }));
const minutes = (start, end, value) => Array.from({ length: end - start }, (_, index) => [start + index, value]);

test('a missing point ends a line', () => {
  assert.deepEqual(
    runsOf([0, 60, 120, 300, 360], [1, 2, 3, 4, null], 60, false).map((run) => run.length),
    [3, 1],
  );
  assert.deepEqual(
    runsOf([0, 60, 120, 300], [1, null, 3, 4], 60, true).map((run) => run.length),
    [3],
  );
});

test('a state does not last over a gap, and equal neighbours are one', () => {
  const [
    {
      fields: [time, value],
    },
  ] = series([[{ office: 'a' }, [...minutes(0, 10, 4), ...minutes(30, 40, 4), [40, 0]]]], { defaults: { mappings: states } });
  const spans = spansOf({ times: time.values, values: value.values, step, field: value }, { merge: true, to });
  assert.deepEqual(
    spans.map(({ start, end, shown }) => [start / 60000, end / 60000, shown.text]),
    [
      [0, 10, 'up'],
      [30, 40, 'up'],
      [40, 41, 'down'],
    ],
  );
});

test('timelines draw every state in its colour, and nothing where nobody looked', () => {
  const page = draw(
    { type: 'state-timeline' },
    series([[{ office: 'berau' }, [...minutes(0, 20, 4), ...minutes(20, 30, 1)]]], { defaults: { mappings: states } }),
  );
  const boxes = [...page.matchAll(/<rect x="([\d.]+)"[^>]*width="([\d.]+)"[^>]*fill="(#\w+)"[^>]*data-state="(\w+)"/g)].map(
    ([, x, width, fill, state]) => ({ x: +x, width: +width, fill, state }),
  );
  assert.deepEqual(
    boxes.map(({ state, fill }) => [state, fill]),
    [
      ['up', '#73BF69'],
      ['unknown', grey],
    ],
  );
  assert.ok(Math.abs(boxes[0].width / boxes[1].width - 2) < 0.05, 'twenty minutes are twice ten');
  assert.ok(boxes[1].x + boxes[1].width < 350, 'the second half hour is empty');
});

test('every kind of panel shows a hostile label as text', () => {
  const labelled = [{ office: hostile }, minutes(0, 60, 4)];
  const table = () =>
    dressed(
      tableFrames(
        { resultType: 'vector', result: [{ metric: { office: hostile, latitude: '0', longitude: '1' }, value: [0, '4'] }] },
        { refId: 'A' },
      ),
      {},
      about,
    );
  const places = transformed(table(), [
    {
      id: 'convertFieldType',
      options: { conversions: ['latitude', 'longitude'].map((targetField) => ({ targetField, destinationType: 'number' })) },
    },
  ]);
  const layers = [
    {
      type: 'markers',
      location: { mode: 'coords', latitude: 'latitude', longitude: 'longitude' },
      config: { style: { text: { field: 'office' } } },
    },
  ];
  const pages = {
    ...Object.fromEntries(
      ['timeseries', 'state-timeline', 'status-history', 'bargauge', 'gauge', 'piechart'].map((type) => [
        type,
        draw({ type }, series([labelled, [{ office: 'b' }, minutes(0, 60, 1)]])),
      ]),
    ),
    stat: draw({ type: 'stat', options: { textMode: 'value_and_name' } }, series([labelled])),
    table: draw({ type: 'table' }, table()),
    barchart: draw({ type: 'barchart', options: { xField: 'office' } }, table()),
    geomap: draw({ type: 'geomap', options: { layers } }, dressed(places, {}, about)),
  };
  for (const [type, page] of Object.entries(pages)) {
    assert.doesNotMatch(page, /<script/i, type);
    assert.match(page, /&lt;script&gt;/, `${type} shows the name`);
  }
});

test('names on the map are not written over each other', () => {
  const places = Array.from({ length: 40 }, (_, index) => ({
    metric: { office: `kantor-${index}`, latitude: String((index % 8) / 9), longitude: String(116 + index / 40) },
    value: [0, '4'],
  }));
  const numbers = {
    id: 'convertFieldType',
    options: { conversions: ['latitude', 'longitude'].map((targetField) => ({ targetField, destinationType: 'number' })) },
  };
  const layers = [
    { type: 'markers', location: { mode: 'coords' }, config: { style: { text: { field: 'office' }, size: { fixed: 6 } } } },
  ];
  const frames = dressed(
    transformed(tableFrames({ resultType: 'vector', result: places }, { refId: 'A' }), [numbers]),
    {},
    about,
  );
  const page = draw({ type: 'geomap', options: { layers } }, frames);
  const boxes = [...page.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>(kantor-\d+)</g)].map(([, x, y, name]) => ({
    left: +x,
    right: +x + textWidth(name, 12),
    y: +y,
  }));
  assert.equal((page.match(/<circle/g) || []).length, 40, 'every place is there');
  assert.ok(boxes.length >= 10, `${boxes.length} names`);
  boxes.forEach((a, index) =>
    boxes
      .slice(index + 1)
      .forEach((b) => assert.ok(a.right < b.left || b.right < a.left || Math.abs(a.y - b.y) > 11, JSON.stringify([a, b]))),
  );
});

test('text panels run nothing and link nowhere strange', () => {
  const page = String(
    markdown(
      '# Judul\n\n**tebal** <img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](https://example.go.id/?a=1&b=2)\n\n* satu\n* dua',
    ),
  );
  assert.match(page, /<h1>Judul<\/h1>/);
  assert.match(page, /<b>tebal<\/b> &lt;img/);
  assert.doesNotMatch(page, /javascript:/);
  assert.match(page, /<a href="https:\/\/example.go.id\/\?a=1&amp;b=2">b<\/a>/);
  assert.match(page, /<ul><li>satu<\/li><li>dua<\/li><\/ul>/);
});

test('escaping', () => {
  assert.equal(escape('<a href="x" title=\'y\'>&\u0007'), '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;\ufffd');
  assert.equal(String(html`<i>${'<b>'}${html`<u>${'&'}</u>`}${[null, false, 0]}</i>`), '<i>&lt;b&gt;<u>&amp;</u>0</i>');
  assert.deepEqual(
    ['javascript:alert(1)', ' JAVASCRIPT:x', '//evil.test', 'data:text/html,x', 'https://a.test', '/d/x?a=1'].map(safeLink),
    [null, null, null, null, 'https://a.test', '/d/x?a=1'],
  );
});

test('links of a table carry the row, encoded', () => {
  const [frame] = dressed(
    tableFrames({ resultType: 'vector', result: [{ metric: { alert: 'A&B', office: 'x y' }, value: [0, '1'] }] }, { refId: 'A' }),
    {},
    about,
  );
  const link = (url) =>
    linkOf(
      { url },
      { frame, field: frame.fields[2], row: 0, variables: { base: { value: 'http://a.test', text: '', isMulti: false } } },
    );
  assert.equal(link('${base}/${__data.fields.alert}?o=${__value.raw}'), 'http://a.test/A%26B?o=x%20y');
  assert.equal(link('/d/x?var-office=${__data.fields["office"]}'), '/d/x?var-office=x%20y');
});

test('what cannot be drawn is an error', () => {
  assert.throws(() => draw({ type: 'canvas' }, []), /panel type "canvas" is not known/);
  assert.throws(
    () =>
      draw(
        { type: 'table' },
        dressed(
          tableFrames({ resultType: 'vector', result: [{ metric: {}, value: [0, '1'] }] }, { refId: 'A' }),
          { defaults: { custom: { cellOptions: { type: 'hologram' } } } },
          about,
        ),
      ),
    /table cell "hologram"/,
  );
  assert.throws(
    () =>
      draw(
        { type: 'geomap', options: { layers: [{ type: 'markers', location: {} }] } },
        dressed(
          tableFrames(
            { resultType: 'vector', result: [{ metric: { latitude: '0', longitude: '1' }, value: [0, '4'] }] },
            { refId: 'A' },
          ),
          {},
          about,
        ),
      ),
    /convertFieldType/,
  );
  assert.ok(knownPanels.includes('state-timeline'));
});

test('a table of several says that it is only one of them', () => {
  const one = (refId) =>
    dressed(tableFrames({ resultType: 'vector', result: [{ metric: { office: 'a' }, value: [0, '1'] }] }, { refId }), {}, about);
  assert.match(draw({ type: 'table' }, [...one('A'), ...one('B')]), /table 1 of 2/);
  assert.doesNotMatch(draw({ type: 'table' }, one('A')), /table 1/);
});

test('a plot with three units is an error, not a plot without one of them', () => {
  const frames = ['s', 'volt', 'percent'].flatMap((unit) => series([[{ office: unit }, minutes(0, 60, 1)]], { defaults: { unit } }));
  assert.throws(() => draw({ type: 'timeseries' }, frames), /more than two units/);
});

test('without data there is nothing to draw', () => {
  for (const type of ['timeseries', 'state-timeline', 'status-history', 'heatmap', 'table', 'geomap', 'barchart', 'piechart'])
    assert.equal(draw({ type }, []), 'null', type);
  assert.match(draw({ type: 'stat', fieldConfig: { defaults: { noValue: 'tidak ada data' } } }, []), /tidak ada data/);
});

test('ticks are round and within the range', () => {
  assert.deepEqual(ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(0, 4096, 4, { isBinary: true }), [0, 1024, 2048, 3072, 4096]);
  assert.deepEqual(ticks(0, 13, 5, { isWhole: true }), [0, 5, 10]);
  const times = timeTicks(Date.UTC(2026, 10, 22, 0, 7), Date.UTC(2026, 10, 22, 6, 7), 600, 'Asia/Makassar');
  assert.deepEqual(
    times.slice(0, 2).map(({ text }) => text),
    ['09:00', '10:00'],
  );
  assert.ok(textWidth(fitted('a very long name of an office', 12, 80), 12) <= 80);
});
