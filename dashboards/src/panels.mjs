// The kinds of panels, thinly over the SDK: what all panels of a kind have in common stands here, what a panel shows
// stands in the dashboards. A panel is { id, w, build } until frame.mjs gives it its place on the grid.
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { FieldColorBuilder, ThresholdsConfigBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  ReduceDataOptionsBuilder,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as Timeseries } from '@grafana/grafana-foundation-sdk/timeseries';
import { PanelBuilder as Timeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as History } from '@grafana/grafana-foundation-sdk/statushistory';
import { PanelBuilder as Heatmap, HeatmapColorOptionsBuilder, YAxisConfigBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import { PanelBuilder as Text } from '@grafana/grafana-foundation-sdk/text';
import * as colours from './colours.mjs';

export const source = { type: 'prometheus', uid: '${datasource}' };

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A query over the range. `more` sets legend, min interval (step) and format. */
export const over = (expr, legend, more = {}) => ({ expr, legend, ...more });
/** A query of the last moment, one row or number per series. */
export const now = (expr, legend, more = {}) => ({ expr, legend, instant: true, ...more });

function query(q, place) {
  const one = new DataqueryBuilder().refId(letters[place]).datasource(source).expr(q.expr).editorMode('code');
  one.legendFormat(q.legend ?? '__auto');
  if (q.format) one.format(q.format);
  if (q.step) one.interval(q.step);
  return q.instant ? one.instant() : one.range();
}

const lowest = -1e12;
/** Colours by value. The colour of no value at all is grey: what is not known is neither good nor bad. */
export const steps = (first, ...rest) =>
  new ThresholdsConfigBuilder()
    .mode('absolute')
    .steps([
      { value: null, color: colours.grey },
      ...[[lowest, first], ...rest]
        .filter(([value, color]) => value !== lowest || color !== colours.grey)
        .map(([value, color]) => ({ value, color })),
    ]);

export function common(builder, p, queries) {
  builder.id(p.id).title(p.title).description(p.about);
  if (!p.content) builder.datasource(source).targets(queries.map(query));
  if (p.unit) builder.unit(p.unit);
  if (p.decimals !== undefined) builder.decimals(p.decimals);
  if (p.min !== undefined) builder.min(p.min);
  if (p.max !== undefined) builder.max(p.max);
  if (p.mappings) builder.mappings(p.mappings);
  if (p.none) builder.noValue(p.none);
  if (p.thresholds) builder.thresholds(p.thresholds);
  if (p.links) builder.dataLinks(p.links.map((build) => ({ build: () => build })));
  if (p.every) builder.interval(p.every);
  if (p.points) builder.maxDataPoints(p.points);
  (p.transformations ?? []).forEach((one) => builder.withTransformation(one));
  (p.overrides ?? []).forEach(([name, properties]) => builder.overrideByName(name, listed(properties)));
  return builder;
}

const listed = (properties) => Object.entries(properties).map(([id, value]) => ({ id, value }));
const placed = (p, build) => ({ id: p.id, build });
const legend = (shown) => new VizLegendOptionsBuilder().showLegend(shown).displayMode('list').placement('bottom').calcs([]);
const tooltip = (mode) => new VizTooltipOptionsBuilder().mode(mode).sort('desc');
const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false);

/** One number, or one word by the mappings; coloured as a whole so that it is seen from afar. */
export const stat = (p, ...queries) =>
  placed(p, () =>
    common(new Stat(), { unit: 'none', thresholds: steps(colours.grey), ...p }, queries)
      .colorMode(p.colorMode ?? 'background_solid')
      .graphMode(p.graph ?? 'none')
      .textMode(p.textMode ?? 'auto')
      .justifyMode('center')
      .colorScheme(new FieldColorBuilder().mode('thresholds'))
      .reduceOptions(lastValue()),
  );

/** Rows. `columns` orders, names and hides them: [field, title, properties], title null hides. */
export function table(p, ...queries) {
  const shown = p.columns.filter(([, title]) => title !== null);
  const organize = {
    id: 'organize',
    options: {
      excludeByName: Object.fromEntries(p.columns.filter(([, title]) => title === null).map(([field]) => [field, true])),
      indexByName: Object.fromEntries(p.columns.map(([field], place) => [field, place])),
      renameByName: Object.fromEntries(shown.map(([field, title]) => [field, title])),
    },
  };
  const transformations = [...(p.before ?? []), organize];
  const overrides = shown.filter(([, , properties]) => properties).map(([, title, properties]) => [title, properties]);
  return placed(p, () => {
    const builder = common(
      new Table(),
      { thresholds: steps(colours.grey), ...p, transformations, overrides },
      queries.map((q) => ({ format: 'table', ...q })),
    );
    builder.cellHeight('sm').filterable(false);
    if (p.sort) builder.sortBy([{ build: () => ({ displayName: p.sort[0], desc: Boolean(p.sort[1]) }) }]);
    return builder;
  });
}

/** Lines over time. */
export const lines = (p, ...queries) =>
  placed(p, () => {
    const builder = common(new Timeseries(), { unit: 'none', thresholds: steps(colours.grey), ...p }, queries)
      .legend(legend(p.legend !== false))
      .tooltip(tooltip('multi'))
      .lineWidth(p.width ?? 1)
      .fillOpacity(p.fill ?? 0)
      .showPoints('never')
      .spanNulls(false)
      .lineInterpolation(p.steps ? 'stepAfter' : 'linear')
      .axisSoftMin(p.softMin ?? 0);
    builder.colorScheme(new FieldColorBuilder().mode('palette-classic'));
    if (p.bars) builder.drawStyle('bars').fillOpacity(80);
    if (p.stack) builder.stacking({ build: () => ({ group: 'A', mode: 'normal' }) });
    return builder;
  });

/** States over time, the worst of each interval, which is never shorter than two scrapes. Colours come from the mappings, so that
 * the legend says words and not numbers. */
export const timeline = (p, ...queries) =>
  placed(p, () =>
    common(new Timeline(), { points: p.points ?? 600, thresholds: steps(colours.grey), ...p }, queries)
      .showValue('never')
      .mergeValues(true)
      .rowHeight(p.rowHeight ?? 0.85)
      .fillOpacity(95)
      .lineWidth(0)
      .legend(legend(true))
      .tooltip(tooltip('single'))
      .colorScheme(new FieldColorBuilder().mode('thresholds')),
  );

/** Boxes over time, one for each interval: days, mostly. */
export const history = (p, ...queries) =>
  placed(p, () =>
    common(new History(), p, queries)
      .showValue(p.values ?? 'auto')
      .rowHeight(0.9)
      .colWidth(0.95)
      .fillOpacity(95)
      .lineWidth(1)
      .legend(legend(false))
      .tooltip(tooltip('single'))
      .colorScheme(new FieldColorBuilder().mode('thresholds')),
  );

/** A histogram over time; the query is a rate by `le`. */
export const heatmap = (p, expr) =>
  placed(p, () =>
    common(new Heatmap(), p, [over(expr, '{{le}}', { format: 'heatmap' })])
      .calculate(false)
      .yAxis(new YAxisConfigBuilder().unit('s').decimals(1))
      .showLegend()
      .color(
        new HeatmapColorOptionsBuilder()
          .mode('scheme')
          .scheme('Oranges')
          .fill('dark-orange')
          .exponent(0.5)
          .steps(64)
          .reverse(false),
      ),
  );

/** Lying bars, one for each series. */
export const bars = (p, ...queries) =>
  placed(p, () =>
    common(new BarGauge(), { thresholds: steps(colours.grey), ...p }, queries)
      .displayMode('basic')
      .orientation('horizontal')
      .valueMode('text')
      .showUnfilled(true)
      .namePlacement('left')
      .colorScheme(new FieldColorBuilder().mode(p.colorMode ?? 'thresholds'))
      .reduceOptions(lastValue()),
  );

export const text = (p) => placed(p, () => common(new Text(), p, []).mode('markdown').content(p.content));

/** Table cells: coloured background, coloured text, or a small gauge. Grafana before 9.5 reads displayMode. */
export const cell = {
  background: {
    'custom.cellOptions': { type: 'color-background', mode: 'basic' },
    'custom.displayMode': 'color-background-solid',
  },
  text: { 'custom.cellOptions': { type: 'color-text' }, 'custom.displayMode': 'color-text' },
  gauge: { 'custom.cellOptions': { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' }, 'custom.displayMode': 'basic' },
};
export const width = (pixels) => ({ 'custom.width': pixels });
export const fixed = (colour) => ({ color: { fixedColor: colour, mode: 'fixed' } });
/** Words and colours for series that a closed list of labels names: [label, word, colour]. */
export const series = (...rows) =>
  rows.map(([label, word, colour]) => [label, { displayName: word, ...(colour ? fixed(colour) : {}) }]);
export const thresholds = (...all) => ({ thresholds: steps(...all).build() });
