// What all dashboards have around their panels: variables, links, annotations, and the grid. Puts panels into rows
// of 24 columns, so that none overlaps; refuses a row that is too wide and an id that is used twice.
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardLinkBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { source } from './panels.mjs';
import * as colours from './colours.mjs';

const onTimeRange = 2; // a variable's list follows the time range
const all = { selected: true, text: 'All', value: '$__all' };

const listOf = (name, label, text, query) =>
  new QueryVariableBuilder(name)
    .label(label)
    .description(text)
    .datasource({ type: 'prometheus', uid: '$datasource' })
    .query({ query, refId: 'A', qryType: 1 })
    .definition(query)
    .refresh(onTimeRange)
    .sort(1);
const many = (variable) => variable.multi(true).includeAll(true).allValue('.+').current(all);

export const variables = {
  datasource: (t) =>
    new DatasourceVariableBuilder('datasource')
      .label('Data source')
      .type('prometheus')
      .description(t('The Prometheus that scrapes the agents.', 'Prometheus yang mengambil data dari agen.')),
  job: (t) =>
    many(
      listOf(
        'job',
        'job',
        t('The scrape job of the agents.', 'Job Prometheus untuk agen.'),
        'label_values(siaga_build_info, job)',
      ),
    ),
  offices: (t) =>
    many(
      listOf(
        'office',
        t('Office', 'Kantor'),
        t('One, several or all offices.', 'Satu, beberapa, atau semua kantor.'),
        'label_values(siaga:office:state, office)',
      ),
    ),
  office: (t) =>
    listOf(
      'office',
      t('Office', 'Kantor'),
      t('The office to look at.', 'Kantor yang dilihat.'),
      'label_values(siaga:office:state, office)',
    ),
  targets: (t, metric, matchers = '') =>
    many(
      listOf(
        'target',
        t('Service', 'Layanan'),
        t('The services to look at.', 'Layanan yang dilihat.'),
        `label_values(${metric}{job=~"$job", office=~"$office"${matchers}}, target)`,
      ),
    ),
  runbooks: (t) =>
    new TextBoxVariableBuilder('runbooks')
      .label(t('Runbooks', 'Panduan'))
      .description(t('Where the runbooks are served: any agent has them.', 'Alamat panduan: setiap agen menyediakannya.'))
      .defaultValue('http://127.0.0.1:9790/runbooks')
      .current({ selected: true, text: 'http://127.0.0.1:9790/runbooks', value: 'http://127.0.0.1:9790/runbooks' })
      .hide(0),
};

const annotate = (name, colour, expr, title, textFormat, on = true) =>
  new AnnotationQueryBuilder()
    .name(name)
    .datasource(source)
    .enable(on)
    .iconColor(colour)
    .expr(expr)
    .step('60s')
    .titleFormat(title)
    .textFormat(textFormat);

/** Marks over all panels that have a time axis. */
const marks = (t) => [
  annotate(
    t('Power cuts', 'Listrik padam'),
    colours.cause.power,
    'max by (office, mains) (max_over_time(siaga_mains_state{job=~"$job", office=~"$office", state="off"}[$__interval])) == 1',
    t('Power cut', 'Listrik padam'),
    '{{office}} {{mains}}',
  ),
  annotate(
    t('Critical alerts', 'Peringatan penting'),
    colours.down,
    'max by (office, alertname) (ALERTS{alertstate="firing", severity="critical", office=~"$office"})',
    '{{alertname}}',
    '{{office}}',
    false,
  ),
];

const library = (t, language) => [
  new DashboardLinkBuilder(t('Siaga dashboards', 'Dasbor Siaga'))
    .type('dashboards')
    .tags(['siaga', language])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true)
    .icon('external link')
    .placement(undefined),
];

/** Lines of panels: [height, [width, panel], ...], or a title string that starts a row, or { fold: title, rows }. */
function place(dashboard, rows) {
  const used = new Set();
  let y = 0;
  const put = (add, height, cells) => {
    let x = 0;
    for (const [w, panel] of cells) {
      if (used.has(panel.id)) throw new Error(`panel id ${panel.id} is used twice`);
      used.add(panel.id);
      add(panel.build().gridPos({ x, y, w, h: height }));
      x += w;
    }
    if (x > 24) throw new Error(`a row is ${x} columns wide`);
    y += height;
  };
  for (const row of rows) {
    if (Array.isArray(row)) {
      put((panel) => dashboard.withPanel(panel), row[0], row.slice(1));
      continue;
    }
    const head = new RowBuilder(row.fold ?? row.title).id(row.id).collapsed(Boolean(row.fold)).gridPos({ x: 0, y, w: 24, h: 1 });
    if (used.has(row.id)) throw new Error(`panel id ${row.id} is used twice`);
    used.add(row.id);
    y += 1;
    for (const [height, ...cells] of row.rows ?? []) put((panel) => head.withPanel(panel), height, cells);
    dashboard.withRow(head);
  }
}

/** The whole dashboard as a plain object. */
export function frame({ t, language, name, title, about, variables: chosen, time, refresh = '30s', rows }) {
  const dashboard = new DashboardBuilder(title)
    .uid(language === 'id' ? `siaga-${name}` : `siaga-${name}-en`)
    .description(about)
    .tags(['siaga', language])
    .readonly()
    .tooltip(1)
    .timezone('browser')
    .refresh(refresh)
    .time({ from: time[0], to: time[1] })
    .id(null)
    .version(1)
    .weekStart('monday')
    .variables(chosen)
    .annotations(marks(t))
    .links(library(t, language));
  place(dashboard, rows);
  const built = dashboard.build();
  built.links.forEach((link) => delete link.placement);
  built.annotations.list.forEach((one) => delete one.placement);
  return built;
}
