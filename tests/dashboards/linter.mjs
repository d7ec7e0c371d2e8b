// The seventeen rules of Grafana's public dashboard-linter, by their names, so that whoever has that program can run it with the
// same .lint file. Written from its documentation; where this one is stricter, a comment says so.
import { createRequire } from 'node:module';
import { panels } from './grafana.mjs';
import { read, variable } from './promql.mjs';

const need = createRequire(new URL('../../dashboards/package.json', import.meta.url));
const units = new Set(Object.values(need('@grafana/grafana-foundation-sdk/units')));

const rateInterval = '4242s'; // stands for $__rate_interval in a parsed expression
const plain = (text) =>
  text
    .replace(/\$\{?__rate_interval\}?/g, rateInterval)
    .replace(/\$\{?__range_s\}?/g, '3600')
    .replace(/\$\{?__(interval|range)\}?/g, '3600s');
const parsed = (text) => read(plain(text));
const list = (dashboard) => dashboard.templating?.list ?? [];
const named = (dashboard, name) => list(dashboard).find((one) => one.name === name);
const queried = (dashboard) => list(dashboard).filter(({ type }) => type === 'query');
const asked = ({ query }) => (typeof query === 'object' ? query.query : query);
const kind = (target, panel) => target.datasource?.type ?? panel.datasource?.type;
const drawn = ['stat', 'singlestat', 'graph', 'table', 'timeseries', 'gauge'];

function templated(dashboard, name) {
  const one = named(dashboard, name);
  if (!one) return [`no variable ${name}`];
  const wrong = [];
  if (one.label !== name) wrong.push(`label is "${one.label}", not "${name}"`);
  if (![one.datasource, one.datasource?.uid].includes('$datasource') && one.datasource?.uid !== '${datasource}')
    wrong.push('does not use $datasource');
  if (one.type !== 'query') wrong.push('is not a query');
  if (!one.multi) wrong.push('is not multi-select');
  if (one.allValue !== '.+') wrong.push(`allValue is "${one.allValue}", not ".+"`);
  return wrong.map((text) => `variable ${name}: ${text}`);
}

const ofDashboard = {
  'template-datasource-rule': (d) => {
    const sources = list(d).filter(({ type }) => type === 'datasource');
    if (sources.length !== 1) return [`${sources.length} data source variables`];
    const good = { datasource: 'Data source', prometheus_datasource: 'Prometheus data source' };
    const [{ name, label }] = sources;
    if (!good[name]) return [`the data source variable is called ${name}`];
    return good[name] === label ? [] : [`the data source variable's label is "${label}"`];
  },
  'template-job-rule': (d) => templated(d, 'job'),
  'template-instance-rule': (d) => templated(d, 'instance'),
  'template-label-promql-rule': (d) =>
    queried(d).flatMap((one) => parsed(variable(asked(one)).expression).errors.map((error) => `variable ${one.name}: ${error}`)),
  'template-on-time-change-reload-rule': (d) =>
    queried(d)
      .filter(({ refresh }) => refresh !== 2)
      .map(({ name }) => `variable ${name} is not loaded again when the time range changes`),
  'uneditable-dashboard': (d) => (d.editable === false ? [] : ['the dashboard can be edited']),
};

const ofPanel = {
  'panel-datasource-rule': (p) =>
    ['singlestat', 'graph', 'table', 'timeseries', 'stat'].includes(p.type) &&
    !/^\$\{?(prometheus_)?datasource\}?$/.test(p.datasource?.uid ?? p.datasource ?? '')
      ? ['does not use the data source variable']
      : [],
  'panel-title-description-rule': (p) =>
    drawn.includes(p.type) && !(p.title && p.description) ? ['has no title or no description'] : [],
  'panel-units-rule': (p) => {
    if (!['stat', 'singlestat', 'graph', 'timeseries', 'gauge'].includes(p.type)) return [];
    const { unit, mappings } = p.fieldConfig?.defaults ?? {};
    if (mappings?.length || (p.type === 'stat' && p.options?.textMode === 'name')) return [];
    return units.has(unit) ? [] : [`unit "${unit ?? ''}" is not one of Grafana's`];
  },
  'panel-no-targets-rule': (p) => (drawn.includes(p.type) && !p.targets?.length ? ['has no query'] : []),
};

const matched = (name) => (target, panel) =>
  kind(target, panel) !== 'prometheus'
    ? []
    : parsed(target.expr)
        .selectors.filter(
          ({ matchers }) => !matchers.some(({ label, op, value }) => label === name && op === '=~' && value === `$${name}`),
        )
        .map(({ metric }) => `${metric} is not selected by ${name}=~"$${name}"`);

const ofTarget = {
  // Without a parser for LogQL: no target of these dashboards has it, and one that came would be told to bring one.
  'target-logql-rule': (t, p) =>
    kind(t, p) === 'loki' && !/^[^{}]*\{[^{}]*\}[^{}]*$/.test(t.expr.replace(/"[^"]*"/g, '""')) ? ['is not valid LogQL'] : [],
  'target-logql-auto-rule': (t, p) =>
    kind(t, p) === 'loki' && /\[(?!\$__auto\])[^\]]*\]/.test(t.expr) ? ['should use $__auto'] : [],
  'target-promql-rule': (t, p) => (kind(t, p) === 'prometheus' ? (t.expr ? parsed(t.expr).errors : ['is empty']) : []),
  'target-rate-interval-rule': (t, p) =>
    kind(t, p) !== 'prometheus'
      ? []
      : parsed(t.expr)
          .selectors.filter(
            ({ calls, range }) => range && range !== rateInterval && ['rate', 'irate', 'increase'].includes(calls.at(-1)),
          )
          .map(({ metric }) => `${metric} is not over $__rate_interval`),
  'target-job-rule': matched('job'),
  'target-instance-rule': matched('instance'),
  'target-counter-agg-rule': (t, p) =>
    kind(t, p) !== 'prometheus'
      ? []
      : parsed(t.expr)
          .selectors.filter(
            ({ metric, calls }) =>
              metric.endsWith('_total') && !calls.some((call) => ['rate', 'irate', 'increase'].includes(call)),
          )
          .map(({ metric }) => `${metric} is a counter and stands outside rate, irate and increase`),
};

export const rules = [...Object.keys(ofDashboard), ...Object.keys(ofPanel), ...Object.keys(ofTarget)];

/** [{ rule, dashboard, panel, targetIdx, text }], before any exclusion. */
export function lint(dashboard) {
  const found = [];
  const say = (rule, texts, where) => texts.forEach((text) => found.push({ rule, dashboard: dashboard.title, text, ...where }));
  for (const [rule, check] of Object.entries(ofDashboard)) say(rule, check(dashboard), {});
  for (const panel of panels(dashboard)) {
    for (const [rule, check] of Object.entries(ofPanel)) say(rule, check(panel), { panel: panel.title });
    (panel.targets ?? []).forEach((target, i) => {
      for (const [rule, check] of Object.entries(ofTarget))
        say(rule, check(target, panel), { panel: panel.title, targetIdx: String(i) });
    });
  }
  return found;
}

/** A .lint file: rule -> { reason, entries }. Reads only the YAML that such files have. */
export function parseExclusions(text) {
  const exclusions = {};
  let rule;
  let entry;
  for (const line of text.split('\n').filter((one) => one.trim() && !one.trim().startsWith('#'))) {
    const [, indent, dash, key, raw] = /^( *)(- )?([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (key === undefined) throw new Error(`.lint: ${line}`);
    const value = raw.replace(/^(["'])(.*)\1$/, '$2');
    if (indent.length === 0) {
      if (key !== 'exclusions') throw new Error(`.lint: ${key} is not known`);
      continue;
    }
    if (indent.length === 2 && !dash) rule = exclusions[key] = {};
    else if (key === 'reason') rule.reason = value;
    else if (key === 'entries') rule.entries = [];
    else {
      if (dash) rule.entries.push((entry = {}));
      entry[key] = value;
    }
  }
  return exclusions;
}

export const covered = (entry, one) =>
  ['dashboard', 'panel', 'targetIdx'].every((key) => entry[key] === undefined || entry[key] === one[key]);
export const excluded = (exclusions, one) => {
  const rule = exclusions[one.rule];
  return Boolean(rule && (!rule.entries || rule.entries.some((entry) => covered(entry, one))));
};
