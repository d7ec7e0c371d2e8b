// Which queries may rightly find nothing, and where. Lists of trouble are declared by the worlds that have the trouble, and must be
// empty in all others; what only a silent agent knows is not known; details are given to two offices only.
import { read } from './promql.mjs';

const trouble = ['mati', 'diam', 'padam', 'putus', 'sertifikat', 'buta', 'jam'];
const alerting = trouble.filter((world) => world !== 'buta'); // an unknown service has no alert in the fixtures

/** "dashboard panel query" -> the worlds in which it finds something in the last day; in all others it finds nothing. */
export const lists = {
  'overview 10 A': trouble,
  'overview 10 B': trouble,
  'overview 10 C': ['mati', 'padam', 'putus'],
  'overview 13 A': ['padam'],
  'overview 13 B': ['padam'],
  'overview 15 A': alerting,
  'office 3 A': trouble,
  'office 10 A': trouble,
  'office 10 B': trouble,
  'office 10 C': ['mati', 'padam', 'putus'],
  'office 13 A': ['padam'],
  'office 13 B': ['padam'],
  'office 14 D': ['mati', 'padam', 'putus', 'sertifikat', 'jam'],
  'alerts 10 A': alerting,
  'alerts 11 A': alerting,
  'alerts 12 A': alerting,
  'alerts 13 A': alerting,
  'links 10 B': ['mati', 'padam', 'putus'],
  'links 10 D': ['mati', 'padam', 'putus'],
  'power 10 B': ['padam'],
  'power 10 G': ['mati', 'padam'],
  'websites 1 G': ['mati', 'padam', 'putus', 'sertifikat'],
  'websites 14 A': ['mati', 'kedip', 'sertifikat'],
  'outages 5 A': ['mati', 'padam', 'putus', 'kedip', 'sertifikat', 'jam'],
  'outages 10 F': ['mati', 'padam', 'putus', 'kedip', 'sertifikat', 'jam'],
};

/** Metrics that only the offices marked rich export. */
export const detailed = new Set([
  'probe_http_duration_seconds',
  'siaga_ping_loss_ratio',
  'siaga_loop_lag_seconds_bucket',
  'siaga_scrape_duration_seconds_bucket',
  'siaga_probes_late_total',
  'siaga_probes_skipped_total',
  'siaga_journal_write_seconds',
  'siaga_journal_errors_total',
  'siaga_journal_dropped_records_total',
  'siaga_dark_seconds_total',
  'siaga_dark_intervals_total',
  'siaga_resolver_queries_total',
  'siaga_resolver_cache_hits_total',
  'siaga_resolver_failures_total',
  'siaga_link_anchor_response_duration_seconds_bucket',
  'siaga_link_anchor_response_duration_seconds_count',
  'siaga_link_anchor_requests_total',
  'siaga_link_anchor_up',
  'siaga_link_interface_receive_bytes_total',
  'siaga_link_interface_transmit_bytes_total',
  'siaga_link_interface_receive_errors_total',
  'siaga_link_interface_transmit_errors_total',
  'siaga_link_interface_receive_dropped_total',
  'siaga_link_interface_transmit_dropped_total',
  'siaga_link_in_use',
]);
const rich = ['normal', 'padam'];

/** Queries that find nothing in a world, for a reason of their own. */
const withoutAnswer = {
  'links 10 G': ['rawat', 'putus'],
  'links 15 A': ['rawat'], // round trips are known only while anchors answer
  'agent 6 A': ['jam'],
  'agent 10 C': ['jam'], // dates by a clock that is not trusted are not shown
};

/** Why a query may find nothing in a world at a range; undefined when it must find something. */
export function mayBeEmpty(key, expression, world, range, instant) {
  if (lists[key]) return lists[key].includes(world) && range === 86400 ? undefined : 'a list of trouble';
  const metrics = read(expression).selectors.map(({ metric }) => metric);
  if (metrics.some((metric) => detailed.has(metric)) && !rich.includes(world)) return 'details are not exported here';
  if (world === 'diam' && (instant || range === 3600) && !metrics.every((metric) => metric.startsWith('siaga:office:')))
    return 'its only agent is silent';
  if (withoutAnswer[key]?.includes(world)) return 'not known here';
  if (range === 3600 && world === 'rawat') return 'nothing but maintenance in this hour';
  return undefined;
}
