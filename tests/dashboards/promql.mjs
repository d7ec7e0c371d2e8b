// PromQL as a tree, by the parser that Prometheus' own web pages use. Finds what a query names: metrics, matchers, labels, ranges.
// Knows nothing of types: a real Prometheus says the rest.
import { createRequire } from 'node:module';

const need = createRequire(new URL('../../dashboards/package.json', import.meta.url));
const { parser } = need('@prometheus-io/lezer-promql');

const unquoted = (text) => JSON.parse(/^['`]/.test(text) ? JSON.stringify(text.slice(1, -1)) : text);

function* nodes(node, above = []) {
  yield [node, above];
  for (let child = node.firstChild; child; child = child.nextSibling) yield* nodes(child, [...above, node]);
}

/** { errors, selectors, groupings, made }: what stands in an expression without variables. */
export function read(expression) {
  const word = (node) => expression.slice(node.from, node.to);
  const found = { errors: [], selectors: [], groupings: [], made: [] };
  for (const [node, above] of nodes(parser.parse(expression).topNode)) {
    if (node.type.isError) found.errors.push(`at ${node.from}: ${expression.slice(Math.max(0, node.from - 20), node.to + 20)}`);
    if (node.name === 'VectorSelector') found.selectors.push(selector(node, above, word));
    if (node.name === 'GroupingLabels') found.groupings.push(...named(node, 'LabelName', word));
    if (node.name === 'FunctionCall' && /^label_(replace|join)/.test(word(node))) {
      found.made.push(unquoted(word(node.lastChild.getChildren('StringLiteral')[0])));
    }
  }
  return found;
}

const named = (node, kind, word) => [...nodes(node)].filter(([one]) => one.name === kind).map(([one]) => word(one));

function selector(node, above, word) {
  const matchers = [...nodes(node)]
    .filter(([one]) => one.name === 'UnquotedLabelMatcher')
    .map(([one]) => ({
      label: word(one.getChild('LabelName')),
      op: word(one.getChild('MatchOp')),
      value: unquoted(word(one.getChild('StringLiteral'))),
    }));
  const matrix = above.findLast((one) => one.name === 'MatrixSelector');
  const calls = above.filter((one) => one.name === 'FunctionCall').map((one) => word(one.getChild('FunctionIdentifier')));
  return {
    metric: word(node.getChild('Identifier') ?? node).replace(/\{.*$/s, ''),
    matchers,
    calls,
    range: matrix && word(matrix.getChild('DurationExpr')),
  };
}

/** label_values(metric{...}, label) and its kin: the selector inside, and the label asked for. */
export function variable(query) {
  const [, inner, label] = /^label_values\((?:(.*),)?\s*([\w]+)\)$/s.exec(query) ?? [];
  if (label) return { expression: inner ?? 'up', label };
  const [, result] = /^query_result\((.*)\)$/s.exec(query) ?? [];
  return { expression: result ?? query, label: undefined };
}
