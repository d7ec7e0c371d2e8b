// Serves fixture worlds until it is killed: `node tests/dashboards/serve.mjs [WORLD...]`, all of them without a name. Prints the
// address and the time range that the fixtures cover, as one line of JSON; it takes half a minute for all.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { startPrometheus } from './prometheus.mjs';
import { truths, write } from './worlds/text.mjs';
import { end, start } from './worlds/clock.mjs';

const asked = process.argv.slice(2);
let folder;
let server;

async function leave(code) {
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => leave(0));
try {
  const all = truths(...asked);
  folder = mkdtempSync(`${tmpdir()}/siaga-world-`);
  server = await startPrometheus({ folder, files: write(all, folder) });
  console.log(JSON.stringify({ url: server.url, from: start, to: end, offices: all.map(({ office }) => office.id) }));
} catch (error) {
  console.error(error.message);
  await leave(2);
}
