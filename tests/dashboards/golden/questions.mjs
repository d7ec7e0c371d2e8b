// What golden tests ask of the truth of a world, and how they compare: seconds up and down, outages, what is the matter now.
import assert from 'node:assert/strict';
import { ask } from '../ask.mjs';
import { end } from '../worlds/clock.mjs';

export const world = (name) => ({ office: `${name}-.*` });
export const only = (office) => ({ office });
export const of = (all, name) => all.filter(({ office }) => office.world === name);
export const one = (all, id) => all.find(({ office }) => office.id === id);
export const number = async (...question) => {
  const rows = await ask(...question);
  assert.equal(rows.length, 1, 'one number');
  return rows[0].value;
};
export const near = (actual, expected, slack, what) =>
  assert.ok(Math.abs(actual - expected) <= slack, `${what}: ${actual}, should be ${expected} (within ${slack})`);

export const settled = 60;
/** Down seconds of a service in the last `range` seconds, as far as they are booked. */
export function down(truth, node, range, holds = () => true) {
  const open = truth.outages(node).some(({ to }) => !to) && truth.target(node, end).state === 'down';
  return truth.seconds(node, (piece) => piece.state === 'down' && holds(piece.cause), open ? end - settled : end, end - range);
}
export const up = (truth, node, range) => truth.seconds(node, (piece) => piece.state === 'up', end, end - range);
export const nodes = (truths) => truths.flatMap((truth) => truth.office.targets.map((node) => [truth, node]));
export const outages = (truth, node, range) =>
  truth.outages(node).filter(({ from }) => from > end - range && from + settled <= end).length;
export const now = (truth, node) => truth.target(node, end);
