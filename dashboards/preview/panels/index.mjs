// Which function draws which kind of panel. A kind that is not here is shown as an error, never left out.
import { bargauge } from './bargauge.mjs';
import { barchart, piechart } from './charts.mjs';
import { gauge } from './gauge.mjs';
import { geomap } from './geomap.mjs';
import { heatmap } from './heatmap.mjs';
import { stat } from './stat.mjs';
import { table } from './table.mjs';
import { alertlist, text } from './text.mjs';
import { stateTimeline, statusHistory } from './timeline.mjs';
import { timeseries } from './timeseries.mjs';

const kinds = {
  stat,
  gauge,
  bargauge,
  timeseries,
  heatmap,
  table,
  geomap,
  barchart,
  piechart,
  text,
  alertlist,
  'state-timeline': stateTimeline,
  'status-history': statusHistory,
};
export const knownPanels = [...Object.keys(kinds), 'row'];

// Markup, or null when there is nothing to show.
export function drawn(input) {
  const { type } = input.panel;
  if (!Object.hasOwn(kinds, type)) throw new Error(`panel type "${type}" is not known`);
  return kinds[type](input);
}
