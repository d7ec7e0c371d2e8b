// Writes dashboards/grafana/siaga-NAME-LANGUAGE.json, all dashboards in both languages. Deterministic: the same source
// gives the same bytes. With a folder as argument it writes there instead, which is how the test compares.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { languages, speak } from './words.mjs';
import overview from './overview.mjs';
import office from './office.mjs';
import websites from './websites.mjs';
import links from './links.mjs';
import power from './power.mjs';
import outages from './outages.mjs';
import agent from './agent.mjs';
import alerts from './alerts.mjs';

const dashboards = { overview, office, websites, links, power, outages, agent, alerts };

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

export function files() {
  return Object.entries(dashboards).flatMap(([name, make]) =>
    languages.map((language) => ({
      name: `siaga-${name}-${language}.json`,
      text: `${JSON.stringify(sorted(JSON.parse(JSON.stringify(make(speak(language), language)))), null, 2)}\n`,
    })),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? fileURLToPath(new URL('../grafana', import.meta.url));
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of files()) writeFileSync(`${folder}/${name}`, text);
}
