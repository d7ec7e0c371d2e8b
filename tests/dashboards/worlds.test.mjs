// Fixture worlds in a real Prometheus: every query of every panel runs at three ranges in every world, without an error, and finds
// something wherever there is something to find.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { startPrometheus } from './prometheus.mjs';
import { truths, write } from './worlds/text.mjs';
import { worlds } from './worlds/offices.mjs';
import { panels, substitute } from './grafana.mjs';
import { named, names, request, send } from './ask.mjs';
import { lists, mayBeEmpty } from './expected.mjs';
import { golden as goldenNow } from './golden/now.mjs';
import { golden as goldenPast } from './golden/past.mjs';
import { recorded } from './recorded.mjs';
import { variable } from './promql.mjs';
import { end } from './worlds/clock.mjs';

const ranges = [3600, 86400, 30 * 86400];
const all = truths();
let server;
let folder;

describe('fixture worlds in a real Prometheus', () => {
  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/siaga-worlds-`);
    server = await startPrometheus({ folder, files: write(all, folder) });
  });
  after(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** At most `width` at once. */
  async function each(items, width, work) {
    const rest = [...items];
    await Promise.all(
      Array.from({ length: width }, async () => {
        while (rest.length) await work(rest.shift());
      }),
    );
  }

  const jobs = names.flatMap((name) =>
    panels(named(name)).flatMap((panel) =>
      (panel.targets ?? []).map((target) => ({ name, panel, target, key: `${name} ${panel.id} ${target.refId}` })),
    ),
  );
  const once = (target) => target.instant && !/__range|__interval|__rate_interval/.test(target.expr);

  for (const name of names) {
    test(`${name}: every query runs at 1 h, 24 h and 30 d in every world, and finds what is there`, async () => {
      const found = new Map();
      const wrong = [];
      const asked = jobs
        .filter((job) => job.name === name)
        .flatMap((job) =>
          worlds.flatMap((world) => (once(job.target) ? [86400] : ranges).map((range) => ({ ...job, world, range }))),
        );
      await each(asked, 4, async ({ panel, target, key, world, range }) => {
        const what = request(named(name), panel, target, { office: `${world}-.*` }, range);
        const rows = await send(server, what);
        if (rows.length) found.set(key, true);
        const why = mayBeEmpty(key, what.expr, world, range, what.instant);
        if (!rows.length && !why) wrong.push(`${key} (${panel.title}) in ${world} over ${range / 3600} h: nothing`);
        if (rows.length && lists[key] && !lists[key].includes(world) && range === 86400)
          wrong.push(`${key} (${panel.title}) in ${world}: ${JSON.stringify(rows[0].metric)}`);
      });
      for (const { key, panel } of jobs.filter((job) => job.name === name))
        if (!found.has(key)) wrong.push(`${key} (${panel.title}) found nothing in any world`);
      assert.deepEqual(wrong, []);
    });
  }

  test('every list that is declared is a query of a dashboard', () => {
    assert.deepEqual(
      Object.keys(lists).filter((key) => !jobs.some((job) => job.key === key)),
      [],
    );
  });

  test('every variable has a list of values, and every annotation runs', async () => {
    for (const name of names) {
      const dashboard = named(name);
      const chosen = { job: 'siaga', office: '.+', target: '.+', datasource: 'x', runbooks: 'x' };
      for (const { name: called, type, query } of dashboard.templating.list) {
        if (type !== 'query') continue;
        const { expression, label } = variable(query.query);
        const rows = await server.query(substitute(expression, chosen, 86400, 120), end);
        assert.ok(
          rows.some(({ metric }) => metric[label]),
          `${name}: $${called} has no values`,
        );
      }
      for (const { name: called, expr } of dashboard.annotations.list.filter((one) => one.expr)) {
        assert.ok(
          (await server.range(substitute(expr, chosen, 86400, 120), end - 86400, end, 120)).length,
          `${name}: no marks for ${called}`,
        );
      }
    }
  });

  for (const [what, check] of [...goldenNow, ...goldenPast]) test(what, () => check(server, all));

  test('the recording rules say what the truth of the worlds says', () => recorded(server, all));
});
