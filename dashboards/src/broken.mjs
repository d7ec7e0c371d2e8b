// "What is broken now": one row per root cause, not per symptom. A power cut or a link stands above what it explains,
// which is counted in its row; services are rows of their own only when the fault is theirs, or when they did not come back.
import { dated, of, ruled } from './queries.mjs';

const stamped = (expr, labels) =>
  Object.entries(labels).reduce((inner, [label, value]) => `label_replace(${inner}, "${label}", "${value}", "", "")`, expr);
const named = (expr, label) => `label_replace(${expr}, "what", "$1", "${label}", "(.*)")`;

/** The office's name is what is dark; its row is there also without a name. */
const ofOffice = (expr) =>
  `${named(`(${expr}) * on (office) group_left (name) siaga:office:info${ruled()}`, 'name')} or on (office) (${expr})`;

const active = (...m) => `max by (office, target, cause) (siaga_outage_active${of(...m)}) == 1`;
const stuck = `max by (office, target) (siaga_target_not_recovered${of()}) == 1`;
const began = `max by (office, target) (siaga_outage_started_timestamp_seconds${of()})`;
const mainsOff = `max by (office, mains) (siaga_mains_outage_started_timestamp_seconds${of()})`;
const linkDown = `max by (office, link) (siaga_link_outage_started_timestamp_seconds${of()})
  and on (office, link) siaga_link_outage_active${of('cause="link"')} == 1`;
const withCause = (causes) => `(${began}) * on (office, target) group_right () (${causes})`;
const since = `siaga:office:since_timestamp_seconds${ruled()}`;
const state = (n) => `${since} and on (office) siaga:office:state${ruled()} == ${n}`;

/** Moments (unix seconds) by office, what, layer, cause, alert and rank. */
const cutRow = stamped(named(mainsOff, 'mains'), { layer: 'mains', cause: 'power', alert: 'SiagaOfficePowerCut', rank: '2' });
const linkRow = stamped(named(linkDown, 'link'), { layer: 'link', cause: 'link', alert: 'SiagaLinkDown', rank: '4' });
const rows = [
  stamped(ofOffice(state(0)), { layer: 'office', cause: 'power', alert: 'SiagaOfficeDarkAfterPowerCut', rank: '1' }),
  cutRow,
  stamped(ofOffice(`${state(4)} and on (office) siaga:office:answers${ruled()} == 0`), {
    layer: 'office',
    cause: 'unknown',
    alert: 'SiagaOfficeUnreachable',
    rank: '3',
  }),
  linkRow,
  stamped(named(`${withCause(active())} and on (office, target) (${stuck})`, 'target'), {
    layer: 'stuck',
    alert: 'SiagaServiceNotRecovered',
    rank: '5',
  }),
  runbookByCause(
    stamped(named(`${withCause(active('cause!~"power|link"'))} unless on (office, target) (${stuck})`, 'target'), {
      layer: 'service',
      alert: 'SiagaServiceDown',
      rank: '6',
    }),
  ),
  returning('power', mainsOff),
  returning('link', linkDown),
  stamped(ofOffice(`${state(4)} and on (office) siaga:office:answers${ruled()} == 1`), {
    layer: 'unseen',
    cause: 'unknown',
    alert: 'SiagaServiceUnknown',
    rank: '8',
  }),
];

/** What a cause explains that is over already: its services have their grace to come back. */
function returning(cause, root) {
  const services = `${withCause(active(`cause="${cause}"`))} unless on (office, target) (${stuck}) unless on (office) (${root})`;
  return stamped(named(services, 'target'), { layer: 'returning', alert: 'SiagaServiceNotRecovered', rank: '7' });
}

function runbookByCause(expr) {
  return [
    ['certificate', 'SiagaCertificateExpired'],
    ['content', 'SiagaContentWrong'],
  ].reduce((inner, [cause, alert]) => `label_replace(${inner}, "alert", "${alert}", "cause", "${cause}")`, expr);
}

const union = `max by (office, layer, what, cause, alert, rank) (\n${rows.join('\nor ')}\n)`;

export const brokenSince = `sort(1000 * (${dated(union)}))`;
export const brokenFor = `time() - (${dated(union)})`;

const countBy = (cause) => `count by (office) (siaga_outage_active${of(`cause="${cause}"`)} == 1)`;
/** How many services the power cut or the link explains, with the labels of its row. */
export const brokenExplains = `max by (office, layer, what, cause, alert, rank) (
(0 * ${cutRow} + on (office) group_left () ${countBy('power')})
or (0 * ${linkRow} + on (office) group_left () ${countBy('link')})
)`;

const returned = `(${began}) * on (office, target) group_right () (max by (office, target, kind, after) (siaga_target_not_recovered${of()}) == 1)`;
/** What is down although the power or the link that had taken it down is back. */
export const stuckSince = `sort(1000 * (${dated(returned)}))`;
export const stuckFor = `time() - (${dated(returned)})`;

export const layers = (t) => [
  ['office', t('office', 'kantor')],
  ['mains', t('mains', 'listrik')],
  ['link', t('link', 'jaringan')],
  ['unseen', t('cannot be seen', 'tidak terlihat')],
  ['stuck', t('not back', 'belum pulih')],
  ['service', t('service', 'layanan')],
  ['returning', t('coming back', 'sedang pulih')],
];
