// What an agent in that office would export: the series of a truth, as [metric, labels, value at a moment]. Only what is known
// is a number; an absent value is undefined. Names and labels are held against dashboards/src/metrics.json by a test.
import { day, end, noise, start } from './clock.mjs';
import { causes, states } from './lists.mjs';
import { details, histogram } from './details.mjs';

export const settle = 60; // seconds by which down time is booked later
export const certificateEnd = (node) => end + Math.round(node.certificateDays * day);
const is = (claim) => (claim ? 1 : 0);

/** A moment as the office's clock tells it: in 1970 where nobody set it. */
const told = (office, t) => (office.clock1970 && t >= office.clock1970 ? t - office.clock1970 + 40 : t);

/** A website can fail by any cause; for the others those that happen here, and the commonest. */
function usedCauses(truth, node) {
  const used = truth.outages(node).map(({ cause }) => cause);
  return causes.filter((cause) => node.kind === 'http' || ['power', 'link', 'service'].includes(cause) || used.includes(cause));
}

function* books(truth, node, prefix, labels) {
  const pieces = truth.pieces(node);
  // While it is down nothing is booked before it is settled, but what is booked is never taken back.
  const booked = (t) => {
    const [from, , piece] = pieces.find(([a, b]) => a <= t && t <= b) ?? [0, 0, {}];
    return piece.state === 'down' ? Math.max(from, t - settle) : t;
  };
  const until = (holds) => (t) => truth.seconds(node, holds, booked(t));
  const outages = truth.outages(node);
  for (const cause of node === 'link' ? ['power', 'link'] : usedCauses(truth, node)) {
    yield [
      `${prefix}_down_seconds_total`,
      { ...labels, cause },
      until((piece) => piece.state === 'down' && piece.cause === cause),
    ];
    yield [
      node === 'link' ? 'siaga_link_outages_total' : 'siaga_outages_total',
      { ...labels, cause },
      (t) => outages.filter((outage) => outage.cause === cause && outage.from + settle <= t).length,
    ];
    yield [
      node === 'link' ? 'siaga_link_outage_active' : 'siaga_outage_active',
      { ...labels, cause },
      (t) => is(presentCause(pieces, outages, t) === cause),
    ];
  }
  yield [
    node === 'link' ? 'siaga_link_outage_started_timestamp_seconds' : 'siaga_outage_started_timestamp_seconds',
    labels,
    (t) => {
      const open = openAt(outages, t);
      return open && told(truth.office, open.from);
    },
  ];
  if (node === 'link') return;
  const base = 40 * day;
  yield ['siaga_target_up_seconds_total', labels, (t) => base + until((piece) => piece.state === 'up')(t)];
  yield ['siaga_target_maintenance_seconds_total', labels, until((piece) => piece.state === 'maintenance')];
  for (const reason of ['agent_dark', 'agent_trouble', ...(truth.office.rich ? ['via_down', 'not_probed'] : [])]) {
    yield ['siaga_target_unknown_seconds_total', { ...labels, reason }, until((piece) => piece.reason === reason)];
  }
  yield ['siaga_target_booked_until_timestamp_seconds', labels, (t) => told(truth.office, booked(t))];
}

const openAt = (outages, t) => outages.find(({ from, to }) => from <= t && t < (to ?? Infinity));
function presentCause(pieces, outages, t) {
  if (!openAt(outages, t)) return undefined;
  return [...pieces].reverse().find(([from, , { state }]) => from <= t && state === 'down')?.[2].cause;
}

function* target(truth, node) {
  const labels = { target: node.name, kind: node.kind };
  const at = (t) => truth.target(node, t);
  for (const state of states) yield ['siaga_target_state', { ...labels, state }, (t) => is(at(t).state === state)];
  yield* books(truth, node, 'siaga_target', labels);
  yield [
    'siaga_target_info',
    {
      ...labels,
      url: node.url,
      host: node.url.replace(/^https:\/\/|[/:].*$/g, ''),
      interval: '30s',
      timeout: '5s',
      confirm: '2',
      recover: '1',
    },
    () => 1,
  ];
  yield [
    'siaga_target_flapping',
    labels,
    (t) => is(truth.outages(node).filter(({ from }) => from <= t && from > t - 1800).length > 3),
  ];
  for (const after of node.needs ? ['power', 'link'] : ['power']) {
    yield [
      'siaga_target_not_recovered',
      { ...labels, after },
      (t) =>
        is(
          truth.events.some(
            (event) =>
              event.what === 'stuck' &&
              event.target === node.name &&
              event.after === after &&
              event.from <= t &&
              t < (event.to ?? Infinity),
          ),
        ),
    ];
  }
  const probed = { ...labels, instance: node.url };
  yield ['probe_success', probed, (t) => ({ up: 1, down: 0, maintenance: 1 })[at(t).state]];
  yield [
    'probe_duration_seconds',
    probed,
    (t) => (at(t).state === 'down' ? 5 : 0.03 + 0.4 * noise(node.url, t) * (node.kind === 'http' ? 1 : 0.1)),
  ];
  yield ['siaga_probe_last_run_timestamp_seconds', labels, (t) => told(truth.office, t - 7)];
  for (const verdict of ['ok', 'failed', 'unknown']) {
    const state = { ok: 'up', failed: 'down', unknown: 'unknown' }[verdict];
    yield [
      'siaga_probe_runs_total',
      { ...labels, verdict },
      (t) => Math.floor(truth.seconds(node, (piece) => piece.state === state, t) / 30),
    ];
  }
  if (truth.office.rich || node.kind === 'http')
    yield* histogram('siaga_probe_duration_seconds', labels, [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5], 30);
  if (node.certificateDays !== undefined) yield ['probe_ssl_earliest_cert_expiry', probed, () => certificateEnd(node)];
  yield* details(truth, node, labels, probed);
}

function* link(truth) {
  const labels = { link: truth.office.link };
  const up = (t) => truth.link(t).state === 'up';
  for (const state of states) yield ['siaga_link_state', { ...labels, state }, (t) => is(truth.link(t).state === state)];
  yield* books(truth, 'link', 'siaga_link', labels);
  yield ['siaga_link_anchors', labels, () => 3];
  yield ['siaga_link_anchors_up', labels, (t) => (up(t) ? 3 : 0)];
  yield ['siaga_link_degraded', labels, () => 0];
  yield ['siaga_link_loss_ratio', labels, (t) => (up(t) ? Math.round(noise('loss', t) * 2) / 100 : 1)];
  yield ['siaga_link_jitter_seconds', labels, (t) => (up(t) ? 0.001 + 0.004 * noise('jitter', t) : undefined)];
  yield ['siaga_link_rtt_seconds', { ...labels, stat: 'p95' }, (t) => (up(t) ? 0.02 + 0.02 * noise('rtt', t) : undefined)];
  for (const at of ['none', 'interface', 'gateway', 'isp', 'beyond']) {
    yield [
      'siaga_link_path_break',
      { ...labels, at },
      (t) => is(at === (up(t) ? 'none' : truth.link(t).cause === 'power' ? 'gateway' : 'isp')),
    ];
  }
}

function* mains(truth) {
  const labels = { mains: truth.office.mains };
  const settled = (t) => truth.cuts().filter(({ from, to }) => (to ?? Infinity) <= t || from + settle <= t);
  for (const state of ['on', 'off', 'unknown'])
    yield ['siaga_mains_state', { ...labels, state }, (t) => is(truth.mains(t) === state)];
  yield ['siaga_mains_outages_total', labels, (t) => settled(t).length];
  yield ['siaga_mains_off_seconds_total', labels, (t) => truth.offSeconds(truth.mains(t) === 'off' ? t - settle : t)];
  yield [
    'siaga_mains_cuts_total',
    { ...labels, length: 'momentary' },
    (t) => settled(t).filter(({ from, to }) => to && to - from <= 300).length,
  ];
  yield [
    'siaga_mains_cuts_total',
    { ...labels, length: 'sustained' },
    (t) => settled(t).filter(({ from, to }) => Math.min(to ?? t, t) - from > 300).length,
  ];
  yield ['siaga_mains_brownouts_total', labels, (t) => Math.floor((t - start) / (10 * day))];
  yield [
    'siaga_mains_outage_started_timestamp_seconds',
    labels,
    (t) => {
      const open = truth.is('mains off', t);
      return open && told(truth.office, open.from);
    },
  ];
}

function* ups(truth) {
  const labels = { ups: truth.office.ups };
  const named = { target: truth.office.ups, kind: 'ups', ups: truth.office.ups };
  const off = (t) => truth.is('mains off', t);
  const charge = (t) => (off(t) ? Math.max(5, 100 - (t - off(t).from) / 30) : 100);
  yield ['network_ups_tools_battery_charge', named, charge];
  yield ['network_ups_tools_ups_load', named, (t) => 30 + 10 * noise('load', t)];
  yield ['network_ups_tools_input_voltage', named, (t) => (off(t) ? 0 : 214 + 10 * noise('volt', t))];
  yield ['siaga_ups_runtime_seconds', labels, (t) => charge(t) * 30];
  yield ['siaga_ups_battery_low', labels, (t) => is(charge(t) < 20)];
  yield ['siaga_ups_battery_needs_replacement', labels, () => is(truth.office.id === 'padam-1')];
  yield ['siaga_ups_data_age_seconds', labels, (t) => 1 + Math.round(4 * noise('age', t))];
}

function* itself(truth) {
  const { office } = truth;
  const trusted = (t) => is(!(office.clock1970 && t >= office.clock1970));
  const began = Math.max(
    start - 5 * day,
    ...truth.events.filter(({ what, to }) => what === 'silent' && to).map(({ to }) => to),
    office.clock1970 ?? 0,
  );
  yield [
    'siaga_office_info',
    { name: office.name, city: office.city, latitude: String(office.at[0]), longitude: String(office.at[1]) },
    () => 1,
  ];
  yield ['siaga_build_info', { version: '0.1.0', compiler: 'g++ 12.2.0' }, () => 1];
  yield ['siaga_availability_target_ratio', {}, () => 0.999];
  yield ['siaga_clock_trusted', {}, trusted];
  yield ['siaga_clock_step_seconds', {}, () => 0];
  yield ['siaga_clock_steps_total', {}, () => 0];
  yield ['siaga_journal_durable', {}, () => 1];
  yield ['siaga_journal_bytes', {}, (t) => 2e6 + (t - start) / 10];
  yield ['siaga_journal_waiting_records', {}, () => 0];
  yield ['siaga_config_last_reload_successful', {}, () => 1];
  yield ['process_start_time_seconds', {}, (t) => told(office, t >= began ? began : start - 5 * day)];
  yield ['process_resident_memory_bytes', {}, (t) => 14e6 + 1e6 * noise(office.id, t)];
  yield ['process_cpu_seconds_total', {}, (t) => (t - start + 5 * day) * 0.004];
  yield ['process_open_fds', {}, () => 31];
  yield ['process_max_fds', {}, () => 20000];
  yield* details(truth, undefined, {}, {});
}

/** All series of an office's agent, with the labels that a scrape adds. */
export function* exported(truth) {
  const { office } = truth;
  const scraped = { job: 'siaga', instance: `siaga.${office.id}.example.go.id:9790`, office: office.id };
  const all = function* all() {
    yield* itself(truth);
    for (const node of office.targets) yield* target(truth, node);
    yield* link(truth);
    yield* mains(truth);
    yield* ups(truth);
  };
  for (const [metric, labels, value] of all()) {
    yield [metric, { ...scraped, ...labels }, (t) => (truth.answers(t) ? value(t) : undefined)];
  }
}
