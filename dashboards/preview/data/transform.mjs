// Applies a panel's transformations in order. One that is not known is an error: a preview that skipped it would show
// what Grafana does not.
import { matcherOf } from './matchers.mjs';
import { columns } from './transforms/columns.mjs';
import { joins } from './transforms/joins.mjs';
import { rows } from './transforms/rows.mjs';
import { calculations } from './transforms/calculations.mjs';

const known = { ...columns, ...joins, ...rows, ...calculations };
export const knownTransformations = Object.keys(known);

export function transformed(frames, transformations = []) {
  return transformations.reduce((before, { id, options = {}, disabled, filter }) => {
    if (disabled) return before;
    if (!Object.hasOwn(known, id)) throw new Error(`transformation "${id}" is not known`);
    if (!filter?.id) return known[id](before, options);
    const isMeant = matcherOf(filter);
    const meant = (frame) => frame.fields.some((each) => isMeant(each, frame, before));
    return [...known[id](before.filter(meant), options), ...before.filter((frame) => !meant(frame))];
  }, frames);
}
