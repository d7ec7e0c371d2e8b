// Where panels stand: the grid, folded rows, repeated rows and panels; and what a whole page says about itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inPixels, placed } from '../../dashboards/preview/layout.mjs';
import { rendered } from '../../dashboards/preview/render.mjs';

const panel = (id, x, y, w, h, more = {}) => ({
  id,
  type: 'text',
  title: `p${id}`,
  gridPos: { x, y, w, h },
  options: { content: 'x' },
  ...more,
});
const row = (id, y, more = {}) => ({ id, type: 'row', title: `r${id}`, gridPos: { x: 0, y, w: 24, h: 1 }, ...more });
const office = {
  value: ['a', 'b', 'c'],
  text: 'a + b + c',
  isMulti: true,
  options: ['a', 'b', 'c'].map((value) => ({ value, text: value.toUpperCase() })),
};
const boxes = (panels, options) =>
  placed({ panels }, { office }, options).map(
    ({
      panel: {
        id,
        gridPos: { x, y, w, h },
      },
      scope,
    }) => [id, x, y, w, h, scope.office?.text].filter((each) => each !== undefined),
  );

test('panels keep their places', () => {
  assert.deepEqual(boxes([panel(1, 0, 0, 12, 4), panel(2, 12, 0, 12, 4), panel(3, 0, 4, 24, 2)]), [
    [1, 0, 0, 12, 4],
    [2, 12, 0, 12, 4],
    [3, 0, 4, 24, 2],
  ]);
  assert.deepEqual(inPixels({ x: 12, y: 2, w: 12, h: 3 }, 1568), { left: 788, top: 76, width: 780, height: 106 });
});

test('a folded row hides its panels until it is opened', () => {
  const panels = [
    panel(1, 0, 0, 24, 2),
    row(2, 2, { collapsed: true, panels: [panel(3, 0, 3, 12, 5)] }),
    row(4, 3),
    panel(5, 0, 4, 24, 1),
  ];
  assert.deepEqual(boxes(panels), [
    [1, 0, 0, 24, 2],
    [2, 0, 2, 24, 1],
    [4, 0, 3, 24, 1],
    [5, 0, 4, 24, 1],
  ]);
  assert.deepEqual(boxes(panels, { expand: true }), [
    [1, 0, 0, 24, 2],
    [2, 0, 2, 24, 1],
    [3, 0, 3, 12, 5],
    [4, 0, 8, 24, 1],
    [5, 0, 9, 24, 1],
  ]);
});

test('panels and rows repeat for every value', () => {
  assert.deepEqual(boxes([panel(1, 0, 0, 6, 2, { repeat: 'office', maxPerRow: 2 }), panel(2, 0, 2, 24, 1)]), [
    [1, 0, 0, 12, 2, 'A'],
    [1, 12, 0, 12, 2, 'B'],
    [1, 0, 2, 12, 2, 'C'],
    [2, 0, 4, 24, 1],
  ]);
  assert.deepEqual(
    boxes([row(1, 0, { repeat: 'office' }), panel(2, 0, 1, 24, 2)]).filter(([id]) => id === 2),
    [
      [2, 0, 1, 24, 2, 'A'],
      [2, 0, 4, 24, 2, 'B'],
      [2, 0, 7, 24, 2, 'C'],
    ],
  );
});

const nothing = {
  instant: async () => ({ resultType: 'vector', result: [] }),
  range: async () => ({ resultType: 'matrix', result: [] }),
  labelValues: async () => [],
};
const page = (panels, asked = {}, more = {}) =>
  rendered(
    { title: 'T', tags: ['en'], panels, time: { from: 'now-1h', to: 'now' }, ...more },
    { api: nothing, now: 1e12, zone: 'UTC', asked },
  );

test('a panel that cannot be drawn is shown as an error, and its neighbours are drawn', async () => {
  const { html, problems } = await page([
    panel(1, 0, 0, 12, 4),
    panel(2, 12, 0, 12, 4, { type: 'canvas' }),
    panel(3, 0, 4, 24, 4, {
      type: 'stat',
      targets: [{ refId: 'A', expr: 'up' }],
      fieldConfig: { defaults: { noValue: 'nothing <b>' } },
    }),
  ]);
  assert.deepEqual(problems, ['p2: panel type "canvas" is not known']);
  assert.match(html, /class="error"[^<]*panel type &quot;canvas&quot;/);
  assert.match(html, /nothing &lt;b&gt;/);
  assert.equal((html.match(/data-wrong="true"/g) || []).length, 1);
});

test('every page says in its own language that it is not Grafana', async () => {
  assert.match(
    (await page([panel(1, 0, 0, 24, 2)])).html,
    /Preview drawn by Siaga from real query results - this is not Grafana/,
  );
  assert.match(
    (await page([panel(1, 0, 0, 24, 2)], {}, { tags: ['id'] })).html,
    /Pratinjau yang digambar Siaga dari hasil kueri sungguhan - ini bukan Grafana/,
  );
  await assert.rejects(page([], { from: 'now', to: 'now-1h' }), /ends before it begins/);
});
