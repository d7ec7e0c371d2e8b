// What the province's Prometheus adds: `up`, what the recording rules remember, and the alerts. Written from the truth, not
// from the rules; recording.test.mjs asks a real Prometheus whether the rules agree.
import { day, start } from './clock.mjs';
import { certificateEnd, settle } from './agent.mjs';

export function state(truth, t) {
  const off = Boolean(truth.is('mains off', t));
  if (!truth.answers(t)) return off ? 0 : 4;
  const targets = truth.office.targets.map((node) => truth.target(node, t).state);
  if (off) return 1;
  if (truth.link(t).state === 'down') return 2;
  if (targets.includes('down')) return 3;
  if (targets.includes('unknown')) return 4;
  return targets.includes('up') ? 6 : 5;
}

export function since(truth, t) {
  const now = state(truth, t);
  if (now >= 5) return undefined;
  if (now <= 1) return truth.is('mains off', t).from;
  if (now === 4 && !truth.answers(t)) return truth.lastAnswer(t);
  if (now === 4) return truth.is('unseen', t).from;
  const nodes = now === 2 ? ['link'] : truth.office.targets;
  const open = nodes.flatMap((node) => truth.outages(node)).filter(({ from, to }) => from <= t && t < (to ?? Infinity));
  return Math.min(...open.map(({ from }) => from));
}

function* alerts(truth) {
  const { id, mains, link, targets } = truth.office;
  const critical = { severity: 'critical' };
  const heard = (t) => truth.answers(t);
  yield [
    { ...critical, alertname: 'SiagaOfficePowerCut', layer: 'power', mains, office: id },
    (t) => heard(t) && truth.is('mains off', t)?.from,
  ];
  yield [
    { ...critical, alertname: 'SiagaOfficeDarkAfterPowerCut', layer: 'power', office: id },
    (t) => !heard(t) && truth.is('mains off', t)?.from,
  ];
  yield [
    { ...critical, alertname: 'SiagaOfficeUnreachable', layer: 'link', office: id },
    (t) => !heard(t) && !truth.is('mains off', t) && truth.is('silent', t).from,
  ];
  yield [
    { ...critical, alertname: 'SiagaLinkDown', layer: 'link', link, office: id, cause: 'link' },
    (t) => heard(t) && truth.link(t).cause === 'link' && truth.is('link down', t).from,
  ];
  for (const node of targets) {
    for (const cause of new Set(truth.outages(node).map((outage) => outage.cause))) {
      yield [
        { ...critical, alertname: 'SiagaServiceDown', layer: 'service', target: node.name, kind: node.kind, office: id, cause },
        (t) =>
          heard(t) &&
          truth.target(node, t).cause === cause &&
          truth.outages(node).find(({ from, to }) => from <= t && t < (to ?? Infinity))?.from,
      ];
    }
    const stuck = truth.events.find((event) => event.what === 'stuck' && event.target === node.name);
    if (stuck)
      yield [
        {
          severity: 'warning',
          alertname: 'SiagaServiceNotRecovered',
          layer: 'service',
          target: node.name,
          kind: node.kind,
          office: id,
          after: stuck.after,
        },
        (t) => t >= stuck.from && stuck.from,
      ];
  }
}

function availability(truth, node, t) {
  const up = truth.seconds(node, (piece) => piece.state === 'up', t);
  const down = truth.seconds(node, (piece) => piece.state === 'down', t - (truth.target(node, t).state === 'down' ? settle : 0));
  return t - 30 * day < start ? undefined : up / (up + down);
}

const waits = 120; // a service's alert is pending for so long

/** The series of one office as the centre keeps them. */
export function* kept(truth) {
  const { id } = truth.office;
  const scraped = { job: 'siaga', instance: `siaga.${id}.example.go.id:9790` };
  const office = { office: id };
  yield ['up', scraped, (t) => (truth.answers(t) ? 1 : 0)];
  yield ['siaga:agent_office:info', { ...scraped, ...office }, () => 1];
  yield ['siaga:office:answers', office, (t) => (truth.answers(t) ? 1 : 0)];
  yield [
    'siaga:office:info',
    {
      ...office,
      name: truth.office.name,
      city: truth.office.city,
      latitude: String(truth.office.at[0]),
      longitude: String(truth.office.at[1]),
    },
    () => 1,
  ];
  yield ['siaga:office:last_answer_timestamp_seconds', office, (t) => truth.lastAnswer(t)];
  yield ['siaga:office:mains_off', office, (t) => (truth.is('mains off', t) ? 1 : 0)];
  yield ['siaga:office:state', office, (t) => state(truth, t)];
  yield ['siaga:office:since_timestamp_seconds', office, (t) => since(truth, t)];
  for (const node of truth.office.targets) {
    const service = { ...office, target: node.name, kind: node.kind };
    if (node.certificateDays !== undefined)
      yield [
        'siaga:target:certificate_end_timestamp_seconds',
        service,
        (t) => (t - truth.lastAnswer(t) < 15 * 60 ? certificateEnd(node) : undefined),
      ];
    yield ['siaga:target:availability:30d', service, (t) => (truth.answers(t) ? availability(truth, node, t) : undefined)];
  }
  for (const [labels, from] of alerts(truth)) {
    const wait = labels.layer === 'service' ? waits : 0;
    const stateAt = (t) => {
      const f = from(t);
      return f ? (t - f >= wait ? 'firing' : 'pending') : undefined;
    };
    for (const alertstate of ['pending', 'firing'])
      yield ['ALERTS', { ...labels, alertstate }, (t) => (stateAt(t) === alertstate ? 1 : undefined)];
    yield ['ALERTS_FOR_STATE', labels, (t) => from(t) || undefined];
  }
}

export function* watchdog() {
  yield ['ALERTS', { alertname: 'SiagaWatchdog', severity: 'none', alertstate: 'firing' }, () => 1];
  yield ['ALERTS_FOR_STATE', { alertname: 'SiagaWatchdog', severity: 'none' }, () => start];
}
