// The finer series, for offices marked rich: phases, histograms, traffic, the agent's inner life. Plausible numbers only;
// no golden number is made from them.
import { end, day, noise, start } from './clock.mjs';

/** A histogram whose looks fall into the buckets in fixed shares: most in the second. */
export function* histogram(metric, labels, bounds, every, shares = [0.2, 0.55, 0.15]) {
  const total = (t) => Math.floor((t - start + day) / every);
  let sum = 0;
  const below = bounds.map(
    (_, i) => (sum += shares[i] ?? (1 - shares.reduce((a, b) => a + b)) / (bounds.length - shares.length)),
  );
  for (const [i, le] of bounds.entries())
    yield [`${metric}_bucket`, { ...labels, le: String(le) }, (t) => Math.floor(total(t) * Math.min(1, below[i]))];
  yield [`${metric}_bucket`, { ...labels, le: '+Inf' }, total];
  yield [`${metric}_count`, labels, total];
  yield [`${metric}_sum`, labels, (t) => total(t) * bounds[1]];
}

const per = (seconds) => (t) => Math.floor((t - start) / seconds);

function* http(truth, node, labels, probed) {
  const up = (t) => truth.target(node, t).state === 'up';
  yield ['probe_http_status_code', probed, (t) => (up(t) ? 200 : truth.target(node, t).cause === 'service' ? 503 : 0)];
  yield ['probe_dns_lookup_time_seconds', probed, (t) => 0.002 + 0.01 * noise(node.url, t)];
  yield ['probe_tls_version_info', { ...probed, version: 'TLS 1.3' }, () => 1];
  for (const reason of ['http_status', 'connect_timeout', 'tls_expired', 'body_forbidden']) {
    const cause = { http_status: 'service', connect_timeout: 'host', tls_expired: 'certificate', body_forbidden: 'content' }[
      reason
    ];
    yield [
      'siaga_probe_failures_total',
      { ...labels, reason },
      (t) => Math.floor(truth.seconds(node, (piece) => piece.cause === cause, t) / 30),
    ];
  }
  if (!truth.office.rich) return;
  for (const [i, phase] of ['resolve', 'connect', 'tls', 'processing', 'transfer'].entries()) {
    yield [
      'probe_http_duration_seconds',
      { ...probed, phase },
      (t) => (up(t) ? (0.01 + 0.05 * noise(phase, t)) * (i + 1) : undefined),
    ];
  }
}

function* link(truth) {
  const labels = { link: truth.office.link, anchor: '192.0.2.1' };
  const rtt = [0.0032, 0.0064, 0.0128, 0.0256, 0.0512, 0.1024, 0.2048];
  yield* histogram('siaga_link_anchor_response_duration_seconds', labels, rtt, 10);
  yield ['siaga_link_anchor_requests_total', labels, (t) => Math.floor(per(10)(t) * 1.01) + day / 10];
  yield ['siaga_link_anchor_up', labels, (t) => (truth.link(t).state === 'up' ? 1 : 0)];
  const card = { link: truth.office.link, interface: 'eth0' };
  yield ['siaga_link_interface_receive_bytes_total', card, (t) => (t - start) * 400000];
  yield ['siaga_link_interface_transmit_bytes_total', card, (t) => (t - start) * 90000];
  for (const what of ['receive_errors', 'transmit_errors', 'receive_dropped', 'transmit_dropped'])
    yield [`siaga_link_interface_${what}_total`, card, per(5000)];
  for (const uplink of ['serat', 'lte'])
    yield [
      'siaga_link_in_use',
      { link: truth.office.link, uplink },
      (t) => (uplink === (t > end - day / 2 && t < end - day / 3 ? 'lte' : 'serat') ? 1 : 0),
    ];
}

function* itself(truth) {
  yield* histogram('siaga_loop_lag_seconds', {}, [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1], 2);
  yield* histogram('siaga_scrape_duration_seconds', {}, [0.001, 0.0025, 0.005, 0.01, 0.025], 15);
  yield ['siaga_probes_late_total', { kind: 'http' }, per(4000)];
  yield ['siaga_probes_skipped_total', { kind: 'http', reason: 'overlap' }, per(9000)];
  yield ['siaga_journal_write_seconds', {}, (t) => 0.0004 + 0.0003 * noise('disk', t)];
  yield ['siaga_journal_errors_total', {}, per(day)];
  yield ['siaga_journal_dropped_records_total', {}, per(2 * day)];
  for (const klass of ['power', 'power_suspected', 'panic', 'reboot', 'crash', 'stop']) {
    yield ['siaga_dark_seconds_total', { class: klass }, (t) => (klass === 'reboot' && t > end - 40 * 60 ? 95 : 0)];
    yield ['siaga_dark_intervals_total', { class: klass }, (t) => (klass === 'reboot' && t > end - 40 * 60 ? 1 : 0)];
  }
  yield ['siaga_resolver_queries_total', {}, per(20)];
  yield ['siaga_resolver_cache_hits_total', {}, per(5)];
  yield ['siaga_resolver_failures_total', {}, per(5000)];
  yield* link(truth);
}

export function* details(truth, node, labels, probed) {
  if (node?.kind === 'http') yield* http(truth, node, labels, probed);
  if (node?.kind === 'ping' && truth.office.rich)
    yield ['siaga_ping_loss_ratio', labels, (t) => Math.round(noise(node.name, t) * 1.02) / 3];
  if (!node && truth.office.rich) yield* itself(truth);
}
