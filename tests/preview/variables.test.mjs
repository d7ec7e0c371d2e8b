// Variables: how they are put into queries, and how their values are found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixed, interpolateLink, interpolateQuery, interpolateText } from '../../dashboards/preview/data/interpolate.mjs';
import { spansOf } from '../../dashboards/preview/data/annotations.mjs';
import { panelRange, plan } from '../../dashboards/preview/data/targets.mjs';
import { resolveVariables } from '../../dashboards/preview/data/variables.mjs';

const many = (value, more = {}) => ({ value, text: value.join(' + '), isMulti: true, isAll: false, ...more });

test('several values become a pattern, All becomes what the dashboard says', () => {
  assert.equal(interpolateQuery('up{office=~"$office"}', { office: many(['a', 'b']) }), 'up{office=~"(a|b)"}');
  assert.equal(interpolateQuery('up{office=~"${office}"}', { office: many(['a.b']) }), 'up{office=~"a\\\\.b"}');
  assert.equal(
    interpolateQuery('up{office=~"$office"}', { office: many(['a'], { isAll: true, allValue: '.+' }) }),
    'up{office=~".+"}',
  );
  assert.equal(
    interpolateQuery('up{office="$office"}', { office: { value: 'a"b\\c', text: '', isMulti: false } }),
    'up{office="a\\"b\\\\c"}',
  );
  assert.equal(
    interpolateQuery('rate(x[$__rate_interval]) and label_replace(y, "a", "$1", "b", "(.*)")', { __rate_interval: fixed('60s') }),
    'rate(x[60s]) and label_replace(y, "a", "$1", "b", "(.*)")',
    'what is not a variable stays',
  );
});

test('a value cannot leave its string', () => {
  const query = interpolateQuery('up{office=~"$office"}', { office: many(['x"} or vector(1) #']) });
  assert.equal(query, 'up{office=~"x\\"\\\\} or vector\\\\(1\\\\) #"}');
});

test('texts and links', () => {
  const variables = { office: many(['a b', 'c'], { text: 'a b + c' }), all: many(['x'], { isAll: true, text: 'Semua' }) };
  assert.equal(interpolateText('Kantor $office, ${all:text}', variables), 'Kantor a b + c, Semua');
  assert.equal(
    interpolateLink('/d/x?${office:queryparam}&${all:queryparam}', variables),
    '/d/x?var-office=a%20b&var-office=c&var-all=%24__all',
  );
  assert.throws(() => interpolateText('${office:rot13}', variables), /format "rot13"/);
});

const api = {
  labelValues: async (label, match) => (match ? [`${match}:${label}`, 'paser', 'berau'] : ['one']),
  labelNames: async () => ['job'],
  instant: async () => ({ result: [{ metric: { __name__: 'up', office: 'berau' }, value: [1, '7'] }] }),
};
const resolve = (list, asked = {}) => resolveVariables({ templating: { list } }, { api, from: 0, to: 36e5, asked });

test('query variables ask Prometheus, sort and filter', async () => {
  const { own } = await resolve([
    {
      name: 'job',
      type: 'query',
      query: { query: 'label_values(up, job)' },
      includeAll: true,
      multi: true,
      allValue: '.+',
      current: { value: '$__all' },
    },
    { name: 'office', type: 'query', query: 'label_values(info{job=~"$job"}, office)', sort: 1, regex: '/^[a-z]+$/' },
    { name: 'seen', type: 'query', query: 'query_result(up)', regex: '/office="(.*)".* (?<value>\\d+) /' },
  ]);
  assert.equal(own.job.isAll, true);
  assert.deepEqual(
    own.office.options.map(({ value }) => value),
    ['berau', 'paser'],
  );
  assert.equal(own.office.value, 'berau');
  assert.equal(own.seen.value, '7');
});

test('what the page asks for wins, if it is one of the choices', async () => {
  const office = { name: 'office', type: 'query', query: 'label_values(up, office)', current: { value: 'paser' } };
  assert.equal((await resolve([office])).own.office.value, 'paser');
  assert.equal((await resolve([office], { office: ['berau'] })).own.office.value, 'berau');
  assert.equal((await resolve([office], { office: ['nowhere'] })).own.office.value, 'paser');
});

test('custom, constant, text box and interval', async () => {
  const { own } = await resolve([
    { name: 'kind', type: 'custom', query: 'web : http, ping', multi: true, current: { value: ['http'] } },
    { name: 'fixed', type: 'constant', query: '42' },
    { name: 'base', type: 'textbox', query: 'http://127.0.0.1:9790', current: {} },
    { name: 'every', type: 'interval', query: '1m,5m', auto: false, current: { value: '5m' } },
  ]);
  assert.deepEqual(
    [own.kind.text, own.kind.value, own.fixed.value, own.base.value, own.every.value],
    ['web', ['http'], '42', 'http://127.0.0.1:9790', '5m'],
  );
});

test('a kind of variable or query that nobody knows is an error', async () => {
  await assert.rejects(resolve([{ name: 'x', type: 'switch' }]), /kind "switch"/);
  await assert.rejects(resolve([{ name: 'x', type: 'query', query: 'guess(up)' }]), /variable query "guess\(up\)"/);
});

test('a query is planned with its own step, whole steps, and the end of the range for instant ones', () => {
  const target = { expr: 'rate(x{a="$a"}[$__rate_interval]) / $__range_s and y[$__interval]', range: true };
  const planned = plan(
    target,
    { interval: '30s' },
    { from: 7000, to: 3607000, width: 600, variables: { a: fixed('b') }, dashboard: {} },
  );
  assert.deepEqual(
    [planned.query, planned.step, planned.start, planned.end],
    ['rate(x{a="b"}[1m]) / 3600 and y[30s]', 30000, 0, 3600000],
  );
  assert.deepEqual(panelRange({ timeFrom: '1h', timeShift: '1d' }, { from: 0, to: 1e9 }), {
    from: 1e9 - 36e5 - 864e5,
    to: 1e9 - 864e5,
  });
});

test('annotations become spans; a zero is no mark', () => {
  assert.deepEqual(
    spansOf(
      [
        [1, '1'],
        [2, '1'],
        [3, '0'],
        [5, '1'],
      ],
      1000,
    ),
    [
      { start: 1000, end: 2000 },
      { start: 5000, end: 5000 },
    ],
  );
});
