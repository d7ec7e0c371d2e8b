// The files under test: the generated dashboards, the rule files, and the list of metrics that the agent's code gives.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const grafana = `${root}dashboards/grafana`;
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

export const dashboards = () =>
  readdirSync(grafana)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      file,
      name: file.replace(/^siaga-|-(en|id)\.json$/g, ''),
      language: /-(en|id)\.json$/.exec(file)[1],
      dashboard: json(`${grafana}/${file}`),
    }));

/** [{ record or alert, expr, file }] of all rule files; YAML is read only as far as these files use it. */
export function rules() {
  const folder = `${root}dashboards/rules`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .flatMap((file) => parseRules(readFileSync(`${folder}/${file}`, 'utf8')).map((rule) => ({ ...rule, file })));
}

export function parseRules(text) {
  const found = [];
  const lines = text.split('\n');
  lines.forEach((line, i) => {
    const [, kind, name] = /^\s*-\s*(record|alert):\s*(\S+)/.exec(line) ?? [];
    if (kind) found.push({ kind, name });
    const [, indent, rest] = /^(\s*)expr:\s*(.*)$/.exec(line) ?? [];
    if (indent === undefined) return;
    const block = [];
    for (let j = i + 1; j < lines.length && (lines[j].trim() === '' || lines[j].search(/\S/) > indent.length); j += 1)
      block.push(lines[j]);
    found.at(-1).expr = (/^[|>][-+]?$/.test(rest) ? block : [rest.replace(/^(['"])(.*)\1$/, '$2'), ...block]).join('\n').trim();
  });
  return found;
}

/** metric name -> { labels, type, open }: as exported, with what a scrape adds; histograms by their three names. */
export function metrics() {
  const all = new Map();
  for (const { metric, type, labels, has_more_labels: open } of json(`${root}dashboards/src/metrics.json`)) {
    const names = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => metric + end) : [metric];
    for (const name of names) {
      const before = all.get(name)?.labels ?? [];
      all.set(name, {
        type,
        open: open || all.get(name)?.open,
        base: metric,
        labels: [...new Set([...before, ...labels, 'job', 'instance', ...(name.endsWith('_bucket') ? ['le'] : [])])],
      });
    }
  }
  return all;
}
