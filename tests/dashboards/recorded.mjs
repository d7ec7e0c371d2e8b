// Are the recorded series of the fixtures what the rules would record? The fixtures write the truth; here each rule is asked at
// many moments, with the past as it was written, whether it would have said the same.
import assert from 'node:assert/strict';
import { rules } from './files.mjs';
import { ago, day, end, minute } from './worlds/clock.mjs';

const written = (name) =>
  /^siaga:(office|agent_office):/.test(name) ||
  ['siaga:target:certificate_end_timestamp_seconds', 'siaga:target:availability:30d'].includes(name);

/** Where a silent agent's series linger for five minutes, for want of a mark that they ended, a rule cannot be asked. */
const lingering = (truth, t) =>
  truth.events.some(({ what, from }) => what === 'silent' && t >= from - 1 && t < from + 5 * minute + 15);
const changing = (truth, t) =>
  truth.edges.some((edge) => Math.abs(edge - t) <= 2 * minute) ||
  (truth.office.clock1970 && Math.abs(truth.office.clock1970 - t) <= 2 * minute) ||
  Math.abs(t - truth.lastAnswer(t) - 15 * minute) <= 5 * minute; // a rule remembers for so long

export async function recorded(server, all) {
  const asked = rules().filter(
    ({ kind, name }) => kind === 'record' && written(name) && name !== 'siaga:target:availability:30d',
  );
  assert.ok(asked.length >= 7, 'the rules are there');
  const moments = Array.from({ length: 24 }, (_, i) => ago(88 * minute) + i * 220).map((t) => t - (t % 30));
  const wrong = [];
  let compared = 0;
  for (const t of [...moments, ago(day / 2), end]) {
    for (const { name, expr } of asked) {
      const key = ({ __name__: _, ...labels }) => JSON.stringify(Object.entries(labels).sort());
      const said = new Map((await server.query(expr, t)).map(({ metric, value }) => [key(metric), Number(value[1])]));
      const truth = new Map((await server.query(name, t)).map(({ metric, value }) => [key(metric), Number(value[1])]));
      for (const labels of new Set([...said.keys(), ...truth.keys()])) {
        const office = all.find((one) => labels.includes(`"${one.office.id}"`));
        if (!office || lingering(office, t) || changing(office, t)) continue;
        compared += 1;
        const slack = name.endsWith('timestamp_seconds') ? 61 : 0;
        if (!(Math.abs(said.get(labels) - truth.get(labels)) <= slack))
          wrong.push(
            `${name} of ${office.office.id} at ${end - t} s before the end: the rule says ${said.get(labels)}, the truth is ${truth.get(labels)}`,
          );
      }
    }
  }
  assert.ok(compared > 500, `${compared} comparisons`);
  assert.deepEqual(wrong, []);
}
