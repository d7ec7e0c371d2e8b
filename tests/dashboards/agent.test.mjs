// A real agent, watching one thing of every kind, serves what metrics.json says, and what the popular dashboards ask for.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { program, samples, scrape } from './agent.mjs';
import { metrics } from './files.mjs';
import { absent, compatible } from './compatible.mjs';

/** Metrics that this world cannot show, and when they appear. */
const sometimes = {
  probe_dns_serial: 'a dns target that asks for the SOA record',
  siaga_link_in_use: 'a link with uplinks',
  siaga_link_interface_speed_bytes: 'an interface whose kernel driver tells its speed',
  siaga_link_mtu_good: 'a link with mtu',
  siaga_link_outage_started_timestamp_seconds: 'an open outage of a link',
  siaga_mains_outage_started_timestamp_seconds: 'an open outage of the mains',
  siaga_ups_cumulative_on_battery_seconds: 'a UPS by apcupsd',
  siaga_ups_last_transfer_off_battery_timestamp_seconds: 'a UPS by apcupsd',
  siaga_ups_last_transfer_on_battery_timestamp_seconds: 'a UPS by apcupsd',
  siaga_ups_on_battery_seconds: 'a UPS by apcupsd',
  siaga_ups_transfers: 'a UPS by apcupsd',
};

const table = metrics();
let served;
let folder;

describe('a real agent', () => {
  before(async () => {
    assert.ok(existsSync(program), `no agent at ${program}: build it, or set SIAGA`);
    folder = mkdtempSync(`${tmpdir()}/siaga-inventory-`);
    const wanted = [...table.keys()].filter((name) => !sometimes[name]);
    const lacking = (text) => wanted.filter((name) => !new RegExp(`^${name}[{ ]`, 'm').test(text)).join(' ');
    try {
      served = samples(await scrape(folder, lacking));
    } catch (error) {
      served = error;
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const got = () => {
    if (served instanceof Error) throw served;
    return served;
  };

  test('every metric of the table is served', () => {
    assert.deepEqual(
      [...table.keys()].filter((name) => !got().has(name) && !sometimes[name]),
      [],
    );
  });

  test('a metric that is listed as served sometimes is in the table', () => {
    assert.deepEqual(
      Object.keys(sometimes).filter((name) => !table.has(name)),
      [],
    );
  });

  test('every served metric is in the table, and so is each of its labels', () => {
    for (const [name, all] of got()) {
      assert.ok(table.has(name), `${name} is served and not in metrics.json`);
      const { labels, open } = table.get(name);
      const strange = all.flatMap((one) => Object.keys(one)).filter((label) => !labels.includes(label));
      if (!open) assert.deepEqual([...new Set(strange)], [], name);
    }
  });

  test('every series carries the office', () => {
    for (const [name, all] of got()) for (const one of all) assert.equal(one.office, 'lab', name);
  });

  test('popular dashboards find what they ask for, but for what is listed as missing', () => {
    const missing = [];
    for (const [dashboard, { asks }] of Object.entries(compatible)) {
      for (const [metric, labels] of Object.entries(asks)) {
        const all = got().get(metric) ?? [];
        const good = all.some((one) =>
          Object.entries(labels).every(([label, value]) => label in one && (value === '*' || one[label] === value)),
        );
        if (!good)
          missing.push(`${dashboard}: ${metric}${Object.keys(labels).length ? ` by ${Object.keys(labels).join(', ')}` : ''}`);
      }
    }
    console.log(`popular dashboards do not find:\n  ${missing.join('\n  ') || 'nothing is missing'}`);
    assert.deepEqual(missing, absent, 'compatible.mjs lists what is missing; it changed');
  });

  test('all flags of a UPS and all phases of a request are always there', () => {
    const values = (name, label) =>
      [
        ...new Set(
          got()
            .get(name)
            .map((one) => one[label]),
        ),
      ].sort();
    const flags = ['BOOST', 'BYPASS', 'CAL', 'CHRG', 'DISCHRG', 'FSD', 'HB', 'LB', 'OB', 'OFF', 'OL', 'OVER', 'RB', 'SD', 'TRIM'];
    assert.deepEqual(
      flags.filter((flag) => !values('network_ups_tools_ups_status', 'flag').includes(flag)),
      [],
    );
    assert.deepEqual(values('probe_http_duration_seconds', 'phase'), ['connect', 'processing', 'resolve', 'tls', 'transfer']);
    assert.deepEqual(values('probe_icmp_duration_seconds', 'phase'), ['resolve', 'rtt', 'setup']);
  });
});
