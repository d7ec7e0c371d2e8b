// Every metric and label that a dashboard or a rule names is exported, and every exported siaga_* metric is used or listed in
// unused.json with a reason. What the code exports stands in dashboards/src/metrics.json; agent.test.mjs holds that to a real agent.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dashboards, metrics, rules } from './files.mjs';
import { queries } from './grafana.mjs';
import { read, variable } from './promql.mjs';
import { truths, series } from './worlds/text.mjs';

const exported = metrics();
const ruled = rules();
const unused = JSON.parse(readFileSync(new URL('unused.json', import.meta.url), 'utf8'));
const plain = (text) => text.replace(/\$\{?__range_s\}?/g, '3600').replace(/\$\{?__(rate_)?(interval|range)\}?/g, '1h');

/** What Prometheus itself adds, and what the rules make: a superset of a rule's labels, by what its expression groups by. */
const known = new Map([...exported].map(([name, { labels }]) => [name, new Set(labels)]));
const open = new Set([...exported].filter(([, metric]) => metric.open).map(([name]) => name));
known.set('up', new Set(['job', 'instance']));
for (const { name, kind, expr } of ruled.filter((rule) => rule.kind === 'record')) {
  const { groupings, made, selectors } = read(expr);
  const inherited = selectors.flatMap(({ metric }) => [...(known.get(metric) ?? [])]);
  known.set(name, new Set([...(known.get(name) ?? []), ...groupings, ...made, ...inherited, 'basis', kind && 'office']));
}
const alertLabels = new Set([
  'alertname',
  'alertstate',
  'severity',
  'layer',
  'office',
  'job',
  'instance',
  'target',
  'kind',
  'link',
  'mains',
  'ups',
  'cause',
  'after',
  'anchor',
  'window',
]);
known.set('ALERTS', alertLabels);
known.set('ALERTS_FOR_STATE', alertLabels);

const used = new Set();
/** Sentences about names in an expression that nothing exports. */
function strangers(expression, where) {
  const { errors, selectors, groupings, made } = read(plain(expression));
  const wrong = errors.map((error) => `${where}: ${error}`);
  const labels = new Set(made);
  for (const { metric, matchers } of selectors) {
    used.add(exported.get(metric)?.base ?? metric);
    if (!known.has(metric)) {
      wrong.push(`${where}: no metric ${metric}`);
      continue;
    }
    const has = known.get(metric);
    for (const { label } of matchers)
      if (!open.has(metric) && !has.has(label)) wrong.push(`${where}: ${metric} has no label ${label}`);
    for (const label of [...has, ...(open.has(metric) ? groupings : [])]) labels.add(label);
  }
  for (const label of groupings) if (!labels.has(label)) wrong.push(`${where}: no label ${label}`);
  return { wrong, labels };
}

const all = dashboards().flatMap(({ file, dashboard }) => [
  ...queries(dashboard).map(({ panel, target }) => ({
    where: `${file}: ${panel.title} ${target.refId}`,
    expression: target.expr,
    legend: target.legendFormat,
  })),
  ...dashboard.annotations.list
    .filter(({ expr }) => expr)
    .map(({ name, expr, titleFormat, textFormat }) => ({
      where: `${file}: ${name}`,
      expression: expr,
      legend: titleFormat + textFormat,
    })),
  ...dashboard.templating.list
    .filter(({ type }) => type === 'query')
    .map(({ name, query }) => {
      const { expression, label } = variable(query.query);
      return { where: `${file}: $${name}`, expression, legend: label && `{{${label}}}` };
    }),
]);

test('every metric and label in a dashboard is exported, recorded or made in the query', () => {
  const wrong = all.flatMap(({ where, expression, legend }) => {
    const found = strangers(expression, where);
    const legends = [...(legend ?? '').matchAll(/\{\{\s*(\w+)\s*\}\}/g)]
      .map(([, label]) => label)
      .filter((label) => !found.labels.has(label));
    return [...found.wrong, ...legends.map((label) => `${where}: nothing has the label {{${label}}}`)];
  });
  assert.deepEqual(wrong, []);
});

test('every metric and label in a rule is exported, recorded or made in the expression', () => {
  assert.ok(ruled.length > 20, 'no rules were read');
  assert.deepEqual(
    ruled.flatMap(({ name, file, expr }) => strangers(expr, `${file}: ${name}`).wrong),
    [],
  );
});

test('every siaga_* metric is used, or listed as unused with a reason', () => {
  for (const { where, expression } of all) strangers(expression, where);
  for (const { name, expr } of ruled) strangers(expr, name);
  const names = [...new Set([...exported.values()].map(({ base }) => base))].filter((name) => name.startsWith('siaga_'));
  assert.deepEqual(
    names.filter((name) => !used.has(name) && !unused[name]),
    [],
    'use it, or say in unused.json why not',
  );
  assert.deepEqual(
    Object.keys(unused).filter((name) => used.has(name)),
    [],
    'is used: take it out of unused.json',
  );
  assert.deepEqual(
    Object.keys(unused).filter((name) => !names.includes(name)),
    [],
    'is not exported: take it out of unused.json',
  );
  for (const [name, reason] of Object.entries(unused)) assert.ok(reason.length > 15, name);
});

test('the fixtures have only metrics and labels that are exported or recorded', () => {
  const wrong = new Set();
  for (const [metric, labels] of series(truths())) {
    const has = known.get(metric);
    if (!known.has(metric)) wrong.add(`no metric ${metric}`);
    else
      for (const label of Object.keys(labels))
        if (!open.has(metric) && !has.has(label)) wrong.add(`${metric} has no label ${label}`);
  }
  assert.deepEqual([...wrong], []);
});

test('a stranger is found', () => {
  assert.deepEqual(strangers('siaga_no_such_thing', 'x').wrong, ['x: no metric siaga_no_such_thing']);
  assert.deepEqual(strangers('siaga_target_state{colour="red"}', 'x').wrong, ['x: siaga_target_state has no label colour']);
  assert.deepEqual(strangers('sum by (colour) (siaga_target_state)', 'x').wrong, ['x: no label colour']);
  assert.equal(strangers('sum(siaga_target_state', 'x').wrong.length, 1);
});
