// Frames from Prometheus' answers, the transformations, and the names that fields get.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { field, heatmapFrames, seriesFrames, tableFrames } from '../../dashboards/preview/data/frames.mjs';
import { nameOf } from '../../dashboards/preview/data/names.mjs';
import { reduced } from '../../dashboards/preview/data/reduce.mjs';
import { runTargets } from '../../dashboards/preview/data/targets.mjs';
import { transformed } from '../../dashboards/preview/data/transform.mjs';

const vector = (...list) => ({
  resultType: 'vector',
  result: list.map(([metric, value]) => ({ metric, value: [1000, String(value)] })),
});
const plain = (frames) =>
  frames.map((frame) => Object.fromEntries(frame.fields.map((each) => [nameOf(each, frames), each.values])));
const a = () => tableFrames(vector([{ office: 'berau' }, 1], [{ office: 'paser' }, 2]), { refId: 'A', many: true });
const b = () => tableFrames(vector([{ office: 'berau' }, 9], [{ office: 'kutai' }, 7]), { refId: 'B', many: true });

test('a table has time, sorted labels and the value', () => {
  assert.deepEqual(plain(a()), [{ Time: [1e6, 1e6], office: ['berau', 'paser'], 'Value #A': [1, 2] }]);
  assert.deepEqual(plain(tableFrames(vector([{ b: '1' }, 'NaN'], [{ a: '2' }, '+Inf']), { refId: 'A', many: false })), [
    { Time: [1e6, 1e6], a: ['', '2'], b: ['1', ''], Value: [null, Infinity] },
  ]);
});

test('a query without an answer leaves the other one called "Value", as in Grafana', async () => {
  const targets = ['A', 'B'].map((refId) => ({ refId, expr: refId, format: 'table', instant: true }));
  const api = (answers) => ({ instant: async (query) => answers[query] });
  const context = { from: 0, to: 1e6, width: 100, variables: {}, dashboard: {} };
  const both = await runTargets(
    { targets },
    { ...context, api: api({ A: vector([{ x: '1' }, 1]), B: vector([{ x: '1' }, 2]) }) },
  );
  const one = await runTargets({ targets }, { ...context, api: api({ A: vector([{ x: '1' }, 1]), B: vector() }) });
  assert.deepEqual(
    [both, one].map((frames) => frames.map((frame) => frame.fields[2].name)),
    [['Value #A', 'Value #B'], ['Value']],
  );
});

test('merge joins rows that agree and keeps the others', () => {
  assert.deepEqual(plain(transformed([...a(), ...b()], [{ id: 'merge', options: {} }])), [
    { Time: [1e6, 1e6, 1e6], office: ['berau', 'paser', 'kutai'], 'Value #A': [1, 2, null], 'Value #B': [9, null, 7] },
  ]);
});

test('joinByField: outer keeps all, inner only what is in both', () => {
  const join = (mode) =>
    plain(transformed([...a(), ...b()], [{ id: 'joinByField', options: { byField: 'office', mode } }]))[0].office;
  assert.deepEqual([join('outer'), join('inner')], [['berau', 'paser', 'kutai'], ['berau']]);
});

test('organize hides, orders and renames', () => {
  const options = {
    excludeByName: { Time: true },
    indexByName: { 'Value #A': 0, office: 1 },
    renameByName: { office: 'Kantor', 'Value #A': 'Sejak' },
  };
  assert.deepEqual(Object.entries(plain(transformed(a(), [{ id: 'organize', options }]))[0]), [
    ['Sejak', [1, 2]],
    ['Kantor', ['berau', 'paser']],
  ]);
});

test('filterByValue, sortBy with the unknown last, limit', () => {
  const chain = (...list) => plain(transformed([...a(), ...b()], [{ id: 'merge' }, ...list]))[0].office;
  assert.deepEqual(chain({ id: 'sortBy', options: { sort: [{ field: 'Value #A', desc: true }] } }), ['paser', 'berau', 'kutai']);
  assert.deepEqual(
    chain({
      id: 'filterByValue',
      options: { type: 'include', match: 'all', filters: [{ fieldName: 'Value #A', config: { id: 'isNotNull' } }] },
    }),
    ['berau', 'paser'],
  );
  assert.deepEqual(
    chain({
      id: 'filterByValue',
      options: {
        type: 'exclude',
        match: 'any',
        filters: [{ fieldName: 'Value #B', config: { id: 'greater', options: { value: 8 } } }],
      },
    }),
    ['paser', 'kutai'],
  );
  assert.deepEqual(chain({ id: 'limit', options: { limitField: 1 } }), ['berau']);
});

test('labelsToFields, groupBy, reduce, seriesToRows, convertFieldType', () => {
  const series = seriesFrames(
    {
      resultType: 'matrix',
      result: [
        {
          metric: { office: 'berau' },
          values: [
            [1, '1'],
            [2, '3'],
          ],
        },
        { metric: { office: 'paser' }, values: [[1, '5']] },
      ],
    },
    { refId: 'A', legendFormat: '{{office}}', step: 1000 },
  );
  assert.deepEqual(plain(transformed(series, [{ id: 'reduce', options: { reducers: ['max', 'lastNotNull'] } }])), [
    { Field: ['berau', 'paser'], Max: [3, 5], 'Last *': [3, 5] },
  ]);
  assert.deepEqual(plain(transformed(series, [{ id: 'labelsToFields', options: {} }, { id: 'merge' }])), [
    { Time: [1000, 2000, 1000], Value: [1, 3, 5], office: ['berau', 'berau', 'paser'] },
  ]);
  assert.deepEqual(plain(transformed(series, [{ id: 'seriesToRows' }]))[0].Metric, ['berau', 'berau', 'paser']);
  const grouped = transformed(a(), [
    {
      id: 'groupBy',
      options: { fields: { Time: { operation: 'groupby' }, 'Value #A': { operation: 'aggregate', aggregations: ['sum'] } } },
    },
  ]);
  assert.deepEqual(plain(grouped), [{ Time: [1e6], 'Value #A (sum)': [3] }]);
  const places = tableFrames(vector([{ latitude: '-0.5' }, 1], [{ latitude: '' }, 2]), { refId: 'A' });
  assert.deepEqual(
    transformed(places, [
      { id: 'convertFieldType', options: { conversions: [{ targetField: 'latitude', destinationType: 'number' }] } },
    ])[0].fields[1].values,
    [-0.5, null],
  );
});

test('a transformation or calculation that nobody knows is an error, never skipped', () => {
  assert.throws(() => transformed(a(), [{ id: 'regression', options: {} }]), /transformation "regression" is not known/);
  assert.throws(() => reduced([1], 'stdDevOfMoon'), /not known/);
  assert.deepEqual(transformed(a(), [{ id: 'regression', disabled: true }]).length, 1);
});

test('heatmap buckets hold only their own share', () => {
  const matrix = {
    resultType: 'matrix',
    result: [
      ['+Inf', '9'],
      ['0.1', '2'],
      ['0.5', '7'],
    ].map(([le, value]) => ({ metric: { le }, values: [[1, value]] })),
  };
  assert.deepEqual(
    heatmapFrames(matrix, { refId: 'A' })[0]
      .fields.slice(1)
      .map((each) => [each.name, each.values[0]]),
    [
      ['0.1', 2],
      ['0.5', 5],
      ['+Inf', 2],
    ],
  );
});

test('names: legend, what tells series apart, or the query', () => {
  const series = (metrics, legendFormat) =>
    seriesFrames(vector(...metrics.map((metric) => [metric, 1])), { refId: 'A', legendFormat, query: 'sum(up)' });
  const names = (frames) => frames.map((frame) => nameOf(frame.fields[1], frames));
  assert.deepEqual(
    names(
      series(
        [
          { office: 'berau', job: 'siaga' },
          { office: 'paser', job: 'siaga' },
        ],
        '__auto',
      ),
    ),
    ['berau', 'paser'],
  );
  assert.deepEqual(names(series([{ office: 'berau' }], 'kantor {{office}}')), ['kantor berau']);
  assert.deepEqual(names(series([{}], '')), ['sum(up)']);
  assert.equal(nameOf(field('Value', 'number', [], { office: 'x' }, { displayName: 'di ${__field.labels.office}' })), 'di x');
});

test('calculations skip what is not known', () => {
  assert.deepEqual(
    ['lastNotNull', 'last', 'mean', 'min', 'max', 'sum', 'count'].map((name) => reduced([1, null, 3, null], name)),
    [3, null, 2, 1, 3, 4, 4],
  );
  assert.equal(reduced([], 'max'), null);
});
