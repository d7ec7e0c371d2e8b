// Reads the dashboards that stand beside this folder. They are found by name and language or by uid; nothing else is read.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../grafana/', import.meta.url);
export const names = ['overview', 'office', 'websites', 'links', 'power', 'outages', 'agent', 'alerts'];

export function allDashboards(from = folder) {
  const files = readdirSync(fileURLToPath(from))
    .filter((name) => /^siaga-[a-z]+-(en|id)\.json$/.test(name))
    .sort();
  const order = ({ name, language }) => `${language}${String(names.indexOf(name) + 1).padStart(2, '0')}${name}`;
  return files
    .map((file) => {
      const [, name, language] = /^siaga-([a-z]+)-(en|id)\.json$/.exec(file);
      return { file, name, language, dashboard: JSON.parse(readFileSync(new URL(file, from), 'utf8')) };
    })
    .sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
