// PromQL that more than one dashboard uses. Nothing here hides a short outage: what is drawn over time is the worst of
// each interval, and where nobody looked there is a value of its own (5, grey) instead of a gap.
import { causes } from './words.mjs';

/** The selector that every series of an agent gets; `more` are further matchers. */
export const of = (...more) => `{${['job=~"$job"', 'office=~"$office"', ...more].join(', ')}}`;
/** The selector for recording rules, which keep the office and drop the job. */
export const ruled = (...more) => `{${['office=~"$office"', ...more].join(', ')}}`;

const stateCodes = [
  ['down', 0],
  ['unknown', 1],
  ['pending', 2],
  ['maintenance', 3],
  ['up', 4],
];

const seen = (metric, by, matchers, window) => `max by (${by}) (max_over_time(${metric}${of(...matchers)}[${window}])) == 1`;

const coded = (code, expr) => (code === 0 ? `0 * (${expr})` : `${code} + 0 * (${expr})`);

/** 0 down, 1 unknown, 2 pending, 3 maintenance, 4 up: the worst in each interval. */
export function worst(metric, by, matchers = [], window = '$__interval') {
  return stateCodes
    .map(([state, code]) => `(${coded(code, seen(metric, by, [...matchers, `state="${state}"`], window))})`)
    .join('\nor ');
}

/** What was known in the whole range, at each moment: the value 5, for the times in which nobody saw. */
export const unseen = (metric, by, matchers = []) =>
  `(5 + 0 * max by (${by}) (last_over_time(${metric}${of(...matchers)}[$__range:$__interval] @ end())))`;

/** As `worst`, but down is told by cause: 10 + its place in the list of causes. */
export function worstByCause(state, outage, by, matchers = []) {
  const isDown = seen(state, by, [...matchers, 'state="down"'], '$__interval');
  const byCause = causes.map(
    (cause, place) =>
      `(${coded(10 + place, `(${seen(outage, by, [...matchers, `cause="${cause}"`], '$__interval')}) and (${isDown})`)})`,
  );
  return [...byCause, worst(state, by, matchers)].join('\nor ');
}

/** How many nobody can see now: their agent says so, or their office is silent. None at all: no value. */
export function countUnseen(metric, ...matchers) {
  const unknown = `${metric}${of(...matchers, 'state="unknown"')}`;
  const known = `max_over_time(${unknown}[$__range])`;
  const silent = `${known} unless ${unknown} and on (office) siaga:office:answers${ruled()} == 0`;
  return `((sum(${unknown}) or vector(0)) + (count(${silent}) or vector(0))) and on () count(${known})`;
}

export const targets = (...matchers) =>
  `${worstByCause('siaga_target_state', 'siaga_outage_active', 'office, target, kind', matchers)}
or ${unseen('siaga_target_info', 'office, target, kind', matchers)}`;

export const links = (...matchers) =>
  `${worstByCause('siaga_link_state', 'siaga_link_outage_active', 'office, link', matchers)}
or ${unseen('siaga_link_state', 'office, link', [...matchers, 'state="up"'])}`;

const mainsCodes = [
  ['off', 0],
  ['unknown', 1],
  ['on', 4],
];
export const mains = (...matchers) => `${mainsCodes
  .map(
    ([state, code]) =>
      `(${coded(code, seen('siaga_mains_state', 'office, mains', [...matchers, `state="${state}"`], '$__interval'))})`,
  )
  .join('\nor ')}
or ${unseen('siaga_mains_state', 'office, mains', [...matchers, 'state="on"'])}`;

export const officeState = () => `min_over_time(siaga:office:state${ruled()}[$__interval])
or (4 + 0 * last_over_time(siaga:office:state${ruled()}[$__range:$__interval] @ end()))`;

/** Settled seconds of a class of time in the chosen range. */
export const seconds = (metric, by, ...matchers) => `sum by (${by}) (increase(${metric}${of(...matchers)}[$__range]))`;
export const upSeconds = (by, ...m) => seconds('siaga_target_up_seconds_total', by, ...m);
export const downSeconds = (by, ...m) => seconds('siaga_target_down_seconds_total', by, ...m);

/** up / (up + down): by time, not by number of looks; a sum over a sum, never a mean of means. */
export const availability = (by, ...m) => `${upSeconds(by, ...m)}
  / (${upSeconds(by, ...m)} + ${downSeconds(by, ...m)} > 0)`;
/** The same without the time that the power cost. */
export const availabilityWithPower = (by, ...m) => `${upSeconds(by, ...m)}
  / (${upSeconds(by, ...m)} + (${downSeconds(by, 'cause!="power"', ...m)}) > 0)`;

const trusted = `(max by (office) (siaga_clock_trusted${of()}) or on (office) (1 + 0 * siaga:office:state${ruled()}))`;
const known = `(siaga:office:since_timestamp_seconds${ruled()} or on (office) (time() + 0 * ${trusted}))`;
/** Moments that agents told, but what the centre saw where an agent's clock is not trusted: 1970 is no answer to "since when". */
export const dated = (expr) => `(${expr}) * on (office) group_left () ${trusted}
  + on (office) group_left () ((1 - ${trusted}) * on (office) ${known})`;
