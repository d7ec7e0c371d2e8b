// Worlds as OpenMetrics text, cut into files by time so that promtool reads each only once or twice. Written in pieces: the whole
// would not fit into one string.
import { closeSync, openSync, writeSync } from 'node:fs';
import { day, end, hour, minute, moments, start } from './clock.mjs';
import { Truth } from './truth.mjs';
import { offices, worlds } from './offices.mjs';
import { exported } from './agent.mjs';
import { kept, watchdog } from './centre.mjs';

const cuts = [start, end - 20 * day, end - 10 * day, end - day, end + 1];

/** The truths of a world, of several, or of all. */
export function truths(...chosen) {
  const unknown = chosen.filter((world) => !worlds.includes(world));
  if (unknown.length) throw new Error(`no such world: ${unknown.join(', ')}; there are ${worlds.join(', ')}`);
  return offices.filter(({ world }) => !chosen.length || chosen.includes(world)).map((office) => new Truth(office));
}

export function* series(all) {
  for (const truth of all) {
    for (const one of exported(truth)) yield [...one, truth.times];
    for (const one of kept(truth)) yield [...one, truth.times, true];
  }
  for (const one of watchdog()) yield [...one, moments([])];
}

/** Calls `put(t, value)`. What never changes needs no more than a sample in four minutes: it is found at every moment all the same. What
 * is always 0 is not missed between samples either; the last hours have it at every moment. */
function sampled(times, value, whole, put) {
  const values = times.map(value);
  const present = (v) => v !== undefined && v !== false;
  const first = values.find(present);
  const constant = !whole && values.every((v) => v === first || !present(v));
  const kept = (t) => t % (first !== 0 || t > end - 90 * minute ? 240 : t > end - day ? hour : 4 * hour) === 0;
  for (let i = 0; i < times.length; i += 1) if (present(values[i]) && (!constant || kept(times[i]))) put(times[i], values[i]);
}

const escape = (value) => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
const selector = (name, labels) =>
  `${name}{${Object.entries(labels)
    .map(([k, v]) => `${k}="${escape(v)}"`)
    .join(',')}}`;

/** Writes the files into `folder` and returns their paths. */
export function write(all, folder) {
  const files = cuts.slice(1).map((to, i) => ({ to, path: `${folder}/${i}.om`, held: '' }));
  for (const file of files) file.handle = openSync(file.path, 'w');
  const flush = (file) => {
    writeSync(file.handle, file.held);
    file.held = '';
  };
  for (const [name, labels, value, times, whole] of series(all)) {
    const head = selector(name, labels);
    let place = 0;
    sampled(times, value, whole, (t, v) => {
      while (t >= files[place].to) place += 1;
      const file = files[place];
      file.held += `${head} ${v} ${t}\n`;
      if (file.held.length > 1 << 20) flush(file);
    });
  }
  for (const file of files) {
    file.held += '# EOF\n';
    flush(file);
    closeSync(file.handle);
  }
  return files.map(({ path }) => path);
}
