// The dashboards pass the seventeen rules, but for what .lint excludes with a reason; and each rule can fail.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dashboards, grafana } from './files.mjs';
import { covered, excluded, lint, parseExclusions, rules } from './linter.mjs';

const exclusions = parseExclusions(readFileSync(`${grafana}/.lint`, 'utf8'));
const all = dashboards().flatMap(({ dashboard }) => lint(dashboard));

test('every dashboard passes every rule, or .lint says why not', () => {
  const left = all.filter((one) => !excluded(exclusions, one));
  assert.deepEqual(
    left.map(
      ({ rule, dashboard, panel, targetIdx, text }) => `${rule}: ${dashboard} / ${panel ?? ''} ${targetIdx ?? ''}: ${text}`,
    ),
    [],
  );
});

test('every exclusion names a rule, has a reason and is still needed', () => {
  for (const [rule, { reason, entries }] of Object.entries(exclusions)) {
    assert.ok(rules.includes(rule), rule);
    assert.ok(reason?.length > 20, `${rule}: no reason`);
    for (const entry of entries ?? [{}])
      assert.ok(
        all.some((one) => one.rule === rule && covered(entry, one)),
        `${rule}: not needed any more: ${JSON.stringify(entry)}`,
      );
  }
});

const source = { type: 'prometheus', uid: '${datasource}' };
const variableOf = (name) => ({
  name,
  label: name,
  type: 'query',
  datasource: { uid: '$datasource' },
  multi: true,
  allValue: '.+',
  refresh: 2,
  query: `label_values(up{}, ${name})`,
});
const good = () => ({
  title: 'good',
  editable: false,
  templating: {
    list: [
      { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
      variableOf('job'),
      variableOf('instance'),
    ],
  },
  panels: [
    {
      id: 1,
      type: 'timeseries',
      title: 'a',
      description: 'b',
      datasource: source,
      fieldConfig: { defaults: { unit: 's' } },
      targets: [
        { refId: 'A', datasource: source, expr: 'sum(rate(x_total{job=~"$job", instance=~"$instance"}[$__rate_interval]))' },
      ],
    },
  ],
});
const loki = (expr) => (d) => {
  d.panels[0].datasource = { type: 'loki', uid: '${datasource}' };
  d.panels[0].targets = [{ refId: 'A', datasource: { type: 'loki' }, expr }];
};
const asks = (expr) => (d) => {
  d.panels[0].targets[0].expr = expr;
};

const broken = {
  'template-datasource-rule': (d) => {
    d.templating.list[0].name = 'source';
  },
  'template-job-rule': (d) => {
    d.templating.list[1].multi = false;
  },
  'template-instance-rule': (d) => {
    d.templating.list.pop();
  },
  'template-label-promql-rule': (d) => {
    d.templating.list[1].query = 'label_values(up{, job)';
  },
  'template-on-time-change-reload-rule': (d) => {
    d.templating.list[1].refresh = 1;
  },
  'uneditable-dashboard': (d) => {
    d.editable = true;
  },
  'panel-datasource-rule': (d) => {
    d.panels[0].datasource = { type: 'prometheus', uid: 'mine' };
  },
  'panel-title-description-rule': (d) => {
    d.panels[0].description = '';
  },
  'panel-units-rule': (d) => {
    d.panels[0].fieldConfig.defaults.unit = 'parsecs';
  },
  'panel-no-targets-rule': (d) => {
    d.panels[0].targets = [];
  },
  'target-logql-rule': loki('{app="x"'),
  'target-logql-auto-rule': loki('rate({app="x"}[5m])'),
  'target-promql-rule': asks('sum(rate(x_total{job=~"$job", instance=~"$instance"}[$__rate_interval])'),
  'target-rate-interval-rule': asks('rate(x_total{job=~"$job", instance=~"$instance"}[5m])'),
  'target-job-rule': asks('x{instance=~"$instance"}'),
  'target-instance-rule': asks('x{job=~"$job"}'),
  'target-counter-agg-rule': asks('sum(x_total{job=~"$job", instance=~"$instance"})'),
};

test('there are the seventeen rules of the public linter', () => {
  assert.equal(rules.length, 17);
  assert.deepEqual(Object.keys(broken).sort(), [...rules].sort());
});

test('a good dashboard breaks no rule', () => {
  assert.deepEqual(lint(good()), []);
});

for (const [rule, breakIt] of Object.entries(broken)) {
  test(`${rule} fires`, () => {
    const dashboard = good();
    breakIt(dashboard);
    assert.ok(
      lint(dashboard).some((one) => one.rule === rule),
      JSON.stringify(lint(dashboard)),
    );
  });
}

test('an exclusion with entries excludes only these', () => {
  const some = parseExclusions(
    'exclusions:\n  target-job-rule:\n    reason: "Because."\n    entries:\n      - dashboard: "good"\n        panel: "a"\n',
  );
  const one = { rule: 'target-job-rule', dashboard: 'good', panel: 'a', targetIdx: '0' };
  assert.ok(excluded(some, one));
  assert.ok(!excluded(some, { ...one, panel: 'b' }));
  assert.ok(!excluded(some, { ...one, rule: 'target-instance-rule' }));
});
