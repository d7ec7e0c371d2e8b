// What panels must say of the past: thirty seconds are not lost in thirty days, nobody's sight is grey, and time adds up.
import assert from 'node:assert/strict';
import { ask } from '../ask.mjs';
import { day, end, hour, minute } from '../worlds/clock.mjs';
import { causes } from '../worlds/lists.mjs';
import { shortCut } from '../worlds/offices.mjs';
import { down, near, nodes, number, of, one, only, outages, settled, up, world } from './questions.mjs';

export const golden = [
  [
    'golden: a power cut of 30 s is seen at 30 days, on the overview and at the office',
    async (server) => {
      const seen = async (name, id, value) => {
        const [row] = await ask(server, name, id, 'A', only('padam-1'), 30 * day);
        const hits = [...row.values].filter(([t, v]) => v === value && t >= shortCut && t - row.interval < shortCut + 30);
        assert.ok(row.interval >= 3600, 'the interval is much longer than the cut');
        assert.equal(hits.length, 1, `${name} ${id}`);
      };
      await seen('overview', 12, 1);
      await seen('office', 21, 0);
      await seen('power', 9, 0);
    },
  ],

  [
    'golden: the worst of each interval of the services is the truth of that interval',
    async (server, all) => {
      const truth = one(all, 'padam-1');
      const order = [
        ...causes.map((cause, i) => [10 + i, (p) => p.state === 'down' && p.cause === cause]),
        [1, (p) => p.state === 'unknown'],
        [3, (p) => p.state === 'maintenance'],
        [4, (p) => p.state === 'up'],
      ];
      for (const row of await ask(server, 'office', 23, 'A', only('padam-1'), day)) {
        const node = truth.office.targets.find(({ name }) => name === row.labels.target);
        for (const [t, value] of row.values) {
          const moments = truth.times.filter((m) => m > t - row.interval && m <= t).map((m) => truth.target(node, m));
          assert.equal(value, order.find(([, holds]) => moments.some(holds))[0], `${node.name} at ${t}`);
        }
      }
    },
  ],

  [
    'golden: while an agent is silent its office and services are grey, not blank, not red, not green',
    async (server, all) => {
      const truth = one(all, 'diam-1');
      const silent = ([t]) => t > truth.is('silent', end).from + 10 * minute;
      const grey = async (id, code) => {
        const rows = await ask(server, 'office', id, 'A', only('diam-1'), day);
        assert.ok(rows.length);
        for (const row of rows) {
          const points = [...row.values].filter(silent);
          assert.ok(points.length > 50);
          assert.deepEqual([...new Set(points.map(([, value]) => value))], [code], `panel ${id}: ${JSON.stringify(row.labels)}`);
        }
      };
      await grey(20, 4);
      await grey(21, 5);
      await grey(22, 5);
      await grey(23, 5);
    },
  ],

  [
    'golden: time lost by cause, in the last day, of all services',
    async (server, all) => {
      for (const [i, cause] of causes.entries()) {
        const expected = nodes(all).reduce(
          (sum, [truth, node]) => sum + down(truth, node, day, (c) => c === cause) * (truth.answers(end) ? 1 : 0),
          0,
        );
        // An office that went silent in the middle of its outage has not booked the rest of it.
        const silentOnes = nodes(all.filter((truth) => !truth.answers(end))).reduce(
          (sum, [truth, node]) => sum + truth.seconds(node, (p) => p.cause === cause, truth.lastAnswer(end) - settled, end - day),
          0,
        );
        near(
          await number(server, 'overview', 14, 'ABCDEFG'[i], world('.*'), day),
          expected + Math.max(0, silentOnes),
          180,
          cause,
        );
      }
    },
  ],

  [
    'golden: availability of every service in 20 days, gross and net of power',
    async (server, all) => {
      for (const id of ['padam-1', 'putus-1', 'sertifikat-1', 'rawat-1']) {
        const truth = one(all, id);
        for (const [ref, holds] of [
          ['A', () => true],
          ['B', (cause) => cause !== 'power'],
        ]) {
          const rows = await ask(server, 'outages', 10, ref, { office: id, target: '.+' }, 20 * day + 2 * hour);
          assert.equal(rows.length, truth.office.targets.length);
          for (const { labels, value } of rows) {
            const node = truth.office.targets.find(({ name }) => name === labels.target);
            const good = up(truth, node, 20 * day + 2 * hour);
            near(value, good / (good + down(truth, node, 20 * day + 2 * hour, holds)), 0.0002, `${id} ${labels.target} ${ref}`);
          }
        }
      }
    },
  ],

  [
    'golden: availability of a month as one number, outages, time lost, time to repair, observed',
    async (server, all) => {
      const range = 29 * day;
      const truths = [...of(all, 'putus'), ...of(all, 'sertifikat'), ...of(all, 'rawat')];
      const chosen = { office: '(putus|sertifikat|rawat)-.*', target: '.+' };
      const pairs = nodes(truths);
      const sum = (what) => pairs.reduce((total, [truth, node]) => total + what(truth, node, range), 0);
      near(await number(server, 'outages', 1, 'A', chosen, range), sum(up) / (sum(up) + sum(down)), 0.0001, 'availability');
      assert.equal(await number(server, 'outages', 3, 'A', chosen, range), sum(outages));
      near(await number(server, 'outages', 4, 'A', chosen, range), sum(down), 120, 'time lost');
      near(await number(server, 'outages', 5, 'A', chosen, range), sum(down) / sum(outages), 60, 'time to repair');
      near(await number(server, 'outages', 6, 'A', chosen, range), 1, 0.001, 'observed');
      const dark = one(all, 'diam-1');
      const seen =
        dark.office.targets.reduce((total, node) => total + up(dark, node, range), 0) / (range * dark.office.targets.length);
      near(
        await number(server, 'outages', 6, 'A', { office: 'diam-1', target: '.+' }, range),
        seen,
        0.001,
        'observed by a silent agent',
      );
    },
  ],

  [
    'golden: the objective is met or missed as the truth says',
    async (server, all) => {
      const rows = await ask(server, 'outages', 10, 'C', { office: '(putus|sertifikat|normal)-.*', target: '.+' }, 29 * day);
      assert.ok(rows.length >= 15);
      for (const { labels, value } of rows) {
        const truth = one(all, labels.office);
        const node = truth.office.targets.find(({ name }) => name === labels.target);
        const share = up(truth, node, 29 * day) / (up(truth, node, 29 * day) + down(truth, node, 29 * day));
        assert.equal(value, share >= 0.999 ? 1 : 0, `${labels.office} ${labels.target}: ${share}`);
      }
    },
  ],

  [
    "golden: a day of the calendar shows that day's availability, and a day without eyes shows none",
    async (server, all) => {
      const truth = one(all, 'putus-1');
      const rows = await ask(server, 'outages', 12, 'A', { office: 'putus-1', target: 'portal' }, 20 * day);
      const node = truth.office.targets.find(({ name }) => name === 'portal');
      for (const [t, value] of rows[0].values) {
        if (t + day > end || t < end - 19 * day) continue;
        const good = truth.seconds(node, (p) => p.state === 'up', t + day, t);
        const bad = truth.seconds(node, (p) => p.state === 'down', t + day, t);
        near(value, good / (good + bad), 0.002, `day of ${t}`);
      }
      assert.ok(
        [...rows[0].values.values()].some((value) => value < 0.9),
        'the day of the four hours is seen',
      );
    },
  ],

  [
    'golden: power cuts, their length, and what they cost, in 21 days',
    async (server, all) => {
      const truth = one(all, 'padam-1');
      const range = 21 * day;
      assert.equal(await number(server, 'power', 3, 'A', only('padam-1'), range), truth.cuts().length);
      near(await number(server, 'power', 4, 'A', only('padam-1'), range), truth.offSeconds(end - settled), 40, 'without mains');
      const [{ value }] = await ask(server, 'power', 10, 'D', only('padam-1'), range);
      assert.equal(value, 1, 'momentary');
      const [longest] = await ask(server, 'power', 10, 'G', only('padam-1'), range);
      // Blocks made by promtool have no mark where a series ends, so it lingers for up to five minutes.
      near(longest.value, 45 * minute + 150, 151, 'longest');
      near(
        await number(server, 'power', 6, 'A', only('padam-1'), range),
        truth.office.targets.reduce((sum, node) => sum + down(truth, node, range, (c) => c === 'power'), 0),
        120,
        'cost',
      );
    },
  ],

  [
    'golden: links: how often and how long, and since when',
    async (server, all) => {
      const truth = one(all, 'putus-1');
      const [times] = await ask(server, 'links', 10, 'H', only('putus-1'), 10 * day);
      assert.equal(times.value, 2);
      const [long] = await ask(server, 'links', 10, 'I', only('putus-1'), 10 * day);
      near(long.value, 4 * hour + 40 * minute - settled, 60, 'down');
      const [since] = await ask(server, 'links', 10, 'D', only('putus-1'), day);
      assert.equal(since.value / 1000, truth.is('link down', end).from);
    },
  ],
];
