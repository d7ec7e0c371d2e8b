// What panels must say of the last moment: what is dark, since when, by whose fault, and what did not come back.
import assert from 'node:assert/strict';
import { ask } from '../ask.mjs';
import { day, end } from '../worlds/clock.mjs';
import { since, state } from '../worlds/centre.mjs';
import { down, near, nodes, now, number, of, one, only, outages, world } from './questions.mjs';
import { existsSync } from 'node:fs';
import { root } from '../files.mjs';

const stat = (title, id, holds) => [
  `golden: ${title}, in every world`,
  async (server, all) => {
    for (const name of new Set(all.map(({ office }) => office.world))) {
      const truths = of(all, name).filter((truth) => (id > 3 && id < 8 ? truth.answers(end) : true));
      if (truths.length) assert.equal(await number(server, 'overview', id, 'A', world(name), day), holds(truths), name);
      else assert.deepEqual(await ask(server, 'overview', id, 'A', world(name), day), [], `${name}: nobody knows`);
    }
  },
];
const count = (n) => (truths) => truths.filter((truth) => state(truth, end) === n).length;

/** What the list of broken things must say, in words: office, what, cause, since, how many it explains. */
function brokenThings(truth) {
  const { id, mains, link, targets } = truth.office;
  const explained = (cause) => targets.filter((node) => now(truth, node).cause === cause).length;
  if (!truth.answers(end)) {
    const cut = truth.is('mains off', end);
    return [cut ? `${id} office  power ${cut.from}` : `${id} office  unknown ${truth.lastAnswer(end)}`];
  }
  if (state(truth, end) === 4) return [`${id} unseen  unknown ${since(truth, end)}`];
  const rows = [];
  const cut = truth.is('mains off', end);
  if (cut) rows.push(`${id} mains ${mains} power ${cut.from} explains ${explained('power')}`);
  const broken = truth.is('link down', end);
  if (broken && !cut) rows.push(`${id} link ${link} link ${broken.from} explains ${explained('link')}`);
  for (const node of targets.filter((target) => now(truth, target).state === 'down')) {
    const began = truth.outages(node).at(-1).from;
    const stuck = truth.events.some((event) => event.what === 'stuck' && event.target === node.name);
    const { cause } = now(truth, node);
    if (stuck) rows.push(`${id} stuck ${node.name} ${cause} ${began}`);
    else if (!['power', 'link'].includes(cause)) rows.push(`${id} service ${node.name} ${cause} ${began}`);
  }
  return rows;
}

export const golden = [
  stat('offices dark after a power cut', 1, count(0)),
  stat('offices on battery', 2, count(1)),
  stat('offices that nobody can see', 3, count(4)),
  stat('links down by their own fault', 4, (truths) => truths.filter((truth) => truth.link(end).cause === 'link').length),
  stat(
    'services down by their own fault',
    5,
    (truths) => nodes(truths).filter(([truth, node]) => !['power', 'link', undefined].includes(now(truth, node).cause)).length,
  ),
  stat(
    'services that did not come back',
    6,
    (truths) => truths.flatMap(({ events }) => events).filter(({ what }) => what === 'stuck').length,
  ),
  stat(
    'certificates that end within 14 days',
    7,
    (truths) => nodes(truths).filter(([, node]) => node.certificateDays < 14).length,
  ),

  [
    'golden: what is broken now: office, what, cause, since when, and what it explains',
    async (server, all) => {
      const moments = await ask(server, 'overview', 10, 'A', world('.*'), day);
      const explains = await ask(server, 'overview', 10, 'C', world('.*'), day);
      const key = ({ office, layer, what }) => `${office} ${layer} ${['office', 'unseen'].includes(layer) ? '' : what}`;
      for (const { labels } of moments.filter((row) => ['office', 'unseen'].includes(row.labels.layer)))
        assert.equal(labels.what, one(all, labels.office).office.name);
      const rows = moments.map(({ labels, value }) => {
        const row = `${key(labels)} ${labels.cause} ${value / 1000}`;
        const counted = explains.find((other) => key(other.labels) === key(labels));
        return counted ? `${row} explains ${counted.value}` : row;
      });
      assert.deepEqual(rows.sort(), all.flatMap(brokenThings).sort());
    },
  ],

  [
    'golden: "for" is the time since "since"',
    async (server) => {
      const moments = await ask(server, 'overview', 10, 'A', world('.*'), day);
      const lasting = await ask(server, 'overview', 10, 'B', world('.*'), day);
      assert.equal(lasting.length, moments.length);
      for (const { labels, value } of lasting)
        assert.equal(end - moments.find((other) => JSON.stringify(other.labels) === JSON.stringify(labels)).value / 1000, value);
    },
  ],

  [
    'golden: every runbook that the list names is there, in both languages',
    async (server) => {
      const named = new Set((await ask(server, 'overview', 10, 'A', world('.*'), day)).map(({ labels }) => labels.alert));
      assert.ok(named.size >= 6, [...named].join(' '));
      for (const alert of named)
        for (const language of ['en', 'id'])
          assert.ok(existsSync(`${root}dashboards/runbooks/${language}/${alert}.md`), `${language}/${alert}`);
    },
  ],

  [
    'golden: an expired certificate has a time left below zero, and its website is down by it',
    async (server) => {
      const left = (await ask(server, 'websites', 1, 'C', { office: 'sertifikat-1', target: '.+' }, day)).find(
        ({ labels }) => labels.target === 'portal',
      );
      near(left.value, -0.25 * day, 1, 'left');
      const cause = (await ask(server, 'websites', 1, 'G', { office: 'sertifikat-1', target: '.+' }, day)).find(
        ({ labels }) => labels.target === 'portal',
      );
      assert.equal(cause.labels.cause, 'certificate');
    },
  ],

  [
    'golden: a clock in 1970 does not date an outage to 1970',
    async (server, all) => {
      const rows = await ask(server, 'office', 14, 'D', only('jam-1'), day);
      assert.equal(rows.length, 1);
      assert.equal(
        rows[0].value / 1000,
        one(all, 'jam-1').outages(one(all, 'jam-1').office.targets.find(({ name }) => name === 'surel'))[0].from,
      );
    },
  ],

  [
    'golden: a flapping website is marked, each outage is counted, and its time is that of all outages',
    async (server, all) => {
      const truth = one(all, 'kedip-1');
      const node = truth.office.targets.find(({ name }) => name === 'layanan');
      const mine = (rows) => rows.find(({ labels }) => labels.target === 'layanan').value;
      assert.equal(mine(await ask(server, 'office', 14, 'E', only('kedip-1'), day)), 1);
      assert.equal(mine(await ask(server, 'office', 14, 'A', only('kedip-1'), day)), outages(truth, node, day));
      near(mine(await ask(server, 'office', 14, 'B', only('kedip-1'), day)), down(truth, node, day), 70, 'down');
    },
  ],

  [
    'golden: maintenance is not down, is shown, and lowers nothing',
    async (server, all) => {
      const truth = one(all, 'rawat-1');
      assert.equal(await number(server, 'office', 2, 'A', only('rawat-1'), day), 5);
      for (const { value } of await ask(server, 'outages', 10, 'A', { office: 'rawat-1', target: '.+' }, day))
        near(value, 1, 0.0001, 'availability');
      for (const { labels, value } of await ask(server, 'outages', 10, 'G', { office: 'rawat-1', target: '.+' }, day))
        near(
          value,
          truth.seconds(
            truth.office.targets.find(({ name }) => name === labels.target),
            (p) => p.state === 'maintenance',
            end,
            end - day,
          ),
          1,
          'maintenance',
        );
    },
  ],
];
