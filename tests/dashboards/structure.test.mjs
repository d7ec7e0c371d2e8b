// What every dashboard must be, whatever it shows: up to date with its source, sound JSON for Grafana 9 to 13, a grid without
// overlaps, and twins that ask the same questions in two languages.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dashboards, grafana, root } from './files.mjs';
import { panels, queries } from './grafana.mjs';
import { read } from './promql.mjs';
import { cells, overlaps } from './grid.mjs';

const all = dashboards();
const each = (what, check) =>
  test(what, () => {
    for (const one of all) check(one.dashboard, one.file, one);
  });

test('the committed files are what the source builds', () => {
  const folder = mkdtempSync(`${tmpdir()}/siaga-built-`);
  try {
    execFileSync(process.execPath, [`${root}dashboards/src/build.mjs`, folder]);
    const built = readdirSync(folder).sort();
    assert.deepEqual(
      readdirSync(grafana)
        .filter((file) => file.endsWith('.json'))
        .sort(),
      built,
    );
    for (const file of built)
      assert.equal(
        readFileSync(`${grafana}/${file}`, 'utf8'),
        readFileSync(`${folder}/${file}`, 'utf8'),
        `${file}: run node dashboards/src/build.mjs`,
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('there are eight dashboards in two languages', () => {
  const names = ['agent', 'alerts', 'links', 'office', 'outages', 'overview', 'power', 'websites'];
  assert.deepEqual([...new Set(all.map(({ name }) => name))].sort(), names);
  assert.equal(all.length, 16);
});

each('a dashboard can be provisioned as it is', (d, file, { name, language }) => {
  assert.equal(d.uid, language === 'id' ? `siaga-${name}` : `siaga-${name}-en`, file);
  assert.ok(d.uid.length <= 40, file);
  assert.equal(d.id, null, file);
  assert.equal(d.editable, false, file);
  assert.equal(d.graphTooltip, 1, file);
  assert.equal(d.timezone, 'browser', file);
  assert.ok(!('__inputs' in d) && !('__requires' in d), file);
  assert.deepEqual(d.tags, ['siaga', language], file);
  assert.deepEqual(
    d.links.map(({ type, tags }) => ({ type, tags })),
    [{ type: 'dashboards', tags: ['siaga', language] }],
    file,
  );
  assert.ok(['30s', '1m', '5m'].includes(d.refresh), `${file}: ${d.refresh}`);
});

test('uids and titles are unique', () => {
  for (const key of ['uid', 'title']) assert.equal(new Set(all.map(({ dashboard }) => dashboard[key])).size, all.length, key);
});

each('panel ids are unique and not 0, and every query of a panel has a name of its own', (d, file) => {
  const ids = d.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]).map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, file);
  assert.ok(
    ids.every((id) => id > 0),
    file,
  );
  for (const panel of panels(d)) {
    const refs = (panel.targets ?? []).map(({ refId }) => refId);
    assert.equal(new Set(refs).size, refs.length, `${file}: ${panel.title}`);
    assert.ok(refs.every(Boolean), `${file}: ${panel.title}`);
  }
});

each('panels stand on the grid of 24 columns and none covers another', (d, file) => {
  assert.deepEqual(overlaps(cells(d)), [], file);
});

each('every panel says what it shows, and what it shows when there is nothing', (d, file) => {
  for (const panel of panels(d)) {
    assert.ok(panel.title && panel.description, `${file}: panel ${panel.id}`);
    if (panel.type !== 'text') assert.ok(panel.fieldConfig?.defaults?.noValue, `${file}: ${panel.title} has no noValue`);
  }
});

test('twins have the same panels, places and queries', () => {
  for (const { name, dashboard } of all.filter(({ language }) => language === 'id')) {
    const twin = all.find((one) => one.name === name && one.language === 'en').dashboard;
    const bones = (d) =>
      panels(d).map(({ id, type, gridPos, targets }) => ({
        id,
        type,
        gridPos,
        exprs: (targets ?? []).map(({ refId, expr, instant, format }) => ({ refId, expr, instant, format })),
      }));
    assert.deepEqual(bones(dashboard), bones(twin), name);
    assert.notEqual(dashboard.title, twin.title, name);
    const says = (d) => panels(d).map(({ description }) => description);
    says(dashboard).forEach((text, i) => assert.notEqual(text, says(twin)[i], `${name}: not translated: ${text}`));
  }
});

each('every series of an agent is asked for by job and office, so that the variables hold everywhere', (d, file) => {
  for (const { panel, target } of queries(d)) {
    for (const { metric, matchers } of read(
      target.expr.replaceAll('$__range_s', '1').replace(/\$__(rate_)?interval|\$__range/g, '1h'),
    ).selectors) {
      const has = (label) => matchers.some((one) => one.label === label && one.value === `$${label}`);
      const fleet = /^(siaga:|ALERTS|up$)/.test(metric);
      if (metric !== 'ALERTS' || !matchers.some(({ value }) => value === 'SiagaWatchdog'))
        assert.ok(has('office'), `${file}: ${panel.title}: ${metric} without office`);
      if (!fleet) assert.ok(has('job'), `${file}: ${panel.title}: ${metric} without job`);
    }
  }
});

each('no colour but grey means unknown, and grey never means up or down', (d, file) => {
  const grey = '#8e8e93';
  const unknown =
    /unknown|cannot be seen|nobody can see|could not see|silent|not known|tidak diketahui|tidak terlihat|diam|belum diketahui/i;
  for (const panel of panels(d)) {
    const mappings = [
      panel.fieldConfig?.defaults?.mappings,
      ...(panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
        properties.filter(({ id }) => id === 'mappings').map(({ value }) => value),
      ),
    ];
    for (const { options } of mappings.flat().filter((one) => one?.type === 'value')) {
      for (const { text, color } of Object.values(options)) {
        if (!color || /!$/.test(text)) continue;
        assert.equal(color === grey, unknown.test(text), `${file}: ${panel.title}: "${text}" is ${color}`);
      }
    }
  }
});

each('no value at all is grey: the lowest threshold is never a colour of up or down', (d, file) => {
  for (const panel of panels(d)) {
    const { defaults, overrides } = panel.fieldConfig ?? {};
    const all = [
      defaults?.thresholds,
      ...(overrides ?? []).flatMap(({ properties }) =>
        properties.filter(({ id }) => id === 'thresholds').map(({ value }) => value),
      ),
    ];
    for (const {
      steps: [lowest],
    } of all.filter(Boolean)) {
      assert.deepEqual([lowest.value, lowest.color], [null, '#8e8e93'], `${file}: ${panel.title}`);
    }
  }
});

test('the overview fits on one screen', () => {
  for (const { dashboard } of all.filter(({ name }) => name === 'overview')) {
    assert.ok(
      Math.max(...cells(dashboard).map(({ y, h }) => y + h)) * 38 <= 920,
      "higher than 1000 pixels with Grafana's own bars",
    );
  }
});
