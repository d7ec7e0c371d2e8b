// Decides which fields an override or a transformation means. A matcher that is not known is an error.
import { nameOf } from './names.mjs';
import { reduced } from './reduce.mjs';

// "/shape/flags" or a bare text, as dashboards write regular expressions.
export function regexFrom(text) {
  const [, body, flags] = /^\/(.*)\/([gimsu]*)$/s.exec(text) || [null, null, ''];
  return body === null ? new RegExp(text) : new RegExp(body, flags.replace('g', ''));
}

const isNamed = (name) => (field, frame, frames) => field.name === name || nameOf(field, frames) === name;
const compare = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
};

const matchers = {
  byName: isNamed,
  byNames:
    ({ names = [], mode = 'include' }) =>
    (field, frame, frames) =>
      names.some((name) => isNamed(name)(field, frame, frames)) === (mode !== 'exclude'),
  byRegexp: (text) => {
    const shape = regexFrom(text);
    return (field, frame, frames) => shape.test(nameOf(field, frames));
  },
  byRegexpOrNames:
    ({ pattern, names = [] }) =>
    (field, frame, frames) =>
      names.some((name) => isNamed(name)(field, frame, frames)) ||
      (pattern ? regexFrom(pattern).test(nameOf(field, frames)) : false),
  byType: (type) => (field) => field.type === type,
  byFrameRefID: (refId) => (field, frame) => frame.refId === refId || regexFrom(`^(?:${refId})$`).test(frame.refId),
  byValue:
    ({ reducer, op, value }) =>
    (field) =>
      field.type === 'number' && compare[op](reduced(field.values, reducer), value),
  byLabel: (label) => (field) => label in field.labels,
};

export function matcherOf({ id, options }) {
  if (!Object.hasOwn(matchers, id)) throw new Error(`matcher "${id}" is not known`);
  return matchers[id](options);
}
