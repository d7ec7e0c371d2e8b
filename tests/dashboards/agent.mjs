// A real agent on loopback that watches one thing of every kind, served by this process: HTTP, TLS, TCP, DNS, a NUT server; links
// and mains too. Gives the text of its /metrics once everything has been looked at.
import { spawn, execFileSync } from 'node:child_process';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp } from 'node:net';
import { createServer as createHttp } from 'node:http';
import { createSocket } from 'node:dgram';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { freePort } from './prometheus.mjs';
import { root } from './files.mjs';

export const program = process.env.SIAGA ?? `${root}build/dev/siaga`;

const listening = (server) =>
  new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server.address().port));
  });

/** Answers A questions with 192.0.2.1: the question back, with one record. */
function nameServer() {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => {
    const end = 12 + question.subarray(12).indexOf(0) + 5;
    const header = Buffer.from([question[0], question[1], 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);
    socket.send(Buffer.concat([header, question.subarray(12, end), record]), port, address);
  });
  return new Promise((resolve) => {
    socket.bind(0, '127.0.0.1', () => resolve({ port: socket.address().port, close: () => socket.close() }));
  });
}

/** A UPS that tells everything; a real one tells some of it. */
const told = {
  'ups.status': 'OL',
  'device.mfr': 'Example',
  'device.model': 'U-1000',
  'device.serial': '1',
  'device.type': 'ups',
};
const numbers =
  `ambient.humidity ambient.temperature battery.charge battery.charge.low battery.charge.restart battery.charge.warning battery.current
  battery.packs battery.packs.bad battery.runtime battery.runtime.low battery.runtime.restart battery.temperature battery.voltage battery.voltage.high
  battery.voltage.low battery.voltage.nominal input.L1-N.voltage input.L2-N.voltage input.L3-N.voltage input.current input.current.nominal input.frequency
  input.frequency.nominal input.transfer.high input.transfer.low input.voltage input.voltage.maximum input.voltage.minimum input.voltage.nominal
  output.current output.current.nominal output.frequency output.frequency.nominal output.voltage output.voltage.nominal ups.delay.reboot
  ups.delay.shutdown ups.delay.start ups.efficiency ups.load ups.load.high ups.power ups.power.nominal ups.realpower ups.realpower.nominal
  ups.temperature ups.test.interval ups.timer.reboot ups.timer.shutdown ups.timer.start`.split(/\s+/);
const line = {
  ...Object.fromEntries(
    numbers.map((name, i) => [
      name,
      name.startsWith('battery.charge') ? '97' : name.includes('voltage') ? '220' : String(20 + i),
    ]),
  ),
  ...told,
};

/** As much of a NUT server (RFC 9271) as a reader asks for. */
function nut(socket) {
  let held = '';
  socket
    .on('error', () => {})
    .on('data', (bytes) => {
      held += bytes;
      const lines = held.split('\n');
      held = lines.pop();
      for (const asked of lines) {
        if (asked.startsWith('VER')) socket.write('Network UPS Tools upsd 2.8.0 - https://www.networkupstools.org/\n');
        else if (asked.startsWith('NETVER')) socket.write('1.3\n');
        else if (asked.startsWith('LIST UPS')) socket.write('BEGIN LIST UPS\nUPS apc "an example"\nEND LIST UPS\n');
        else if (asked.startsWith('LIST VAR'))
          socket.write(
            `BEGIN LIST VAR apc\n${Object.entries(line)
              .map(([k, v]) => `VAR apc ${k} "${v}"\n`)
              .join('')}END LIST VAR apc\n`,
          );
        else if (asked.startsWith('LOGOUT')) socket.end('OK Goodbye\n');
        else socket.write('ERR UNKNOWN-COMMAND\n');
      }
    });
}

async function services(folder) {
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${folder}/key.pem`,
      '-out',
      `${folder}/cert.pem`,
      '-days',
      '30',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
    ],
    { stdio: 'ignore' },
  );
  const tls = { key: readFileSync(`${folder}/key.pem`), cert: readFileSync(`${folder}/cert.pem`) };
  const page = (request, reply) => reply.setHeader('Last-Modified', 'Sun, 01 Nov 2026 00:00:00 GMT').end('<h1>Kantor</h1>');
  const all = {
    http: createHttp(page),
    https: createHttps(tls, page),
    nut: createTcp(nut),
    tcp: createTcp((socket) => socket.on('error', () => {}).write('220 ready\r\n')),
  };
  const ports = {};
  for (const [name, server] of Object.entries(all)) ports[name] = await listening(server);
  const names = await nameServer();
  ports.dns = names.port;
  return {
    ports,
    close: () => {
      names.close();
      Object.values(all).forEach((server) => {
        server.closeAllConnections?.();
        server.close();
      });
    },
  };
}

const configuration = (folder, web, ports) => `[office]
id = "lab"
name = "Dinas Contoh"
city = "Samarinda"
location = [-0.5, 117.15]
[agent]
clock = "trusted"
state_dir = "${folder}/state"
[web]
listen = "127.0.0.1:${web}"
[defaults]
interval = "1s"
timeout = "1s"
retry_interval = "200ms"
settle = "1s"
[[http]]
name = "portal"
url = "https://127.0.0.1:${ports.https}/"
tls.ca_file = "${folder}/cert.pem"
expect.body = ["Kantor"]
needs = ["wan"]
[[http]]
name = "plain"
url = "http://127.0.0.1:${ports.http}/"
[[http]]
name = "gone"
url = "http://127.0.0.1:1/"
[[tcp]]
name = "mail"
host = "127.0.0.1:${ports.tcp}"
dialogue = [{ expect = "^220 (?P<word>.*)" }]
[[tls]]
name = "certificate"
host = "127.0.0.1:${ports.https}"
tls.ca_file = "${folder}/cert.pem"
[[dns]]
name = "resolver"
server = "127.0.0.1:${ports.dns}"
query = "portal.example.go.id"
[[ping]]
name = "gateway"
host = "127.0.0.1"
[[ups]]
name = "server-room"
server = "nut://127.0.0.1:${ports.nut}/apc"
[[mains]]
name = "pln"
ups = ["server-room"]
canaries = ["gateway", "mail"]
[[link]]
name = "wan"
anchors = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
interface = "lo"
needs = ["pln"]
`;

/** Runs the agent until `enough(text)` says so of its /metrics; at most `seconds`. */
export async function scrape(folder, enough, seconds = 60) {
  const { ports, close } = await services(folder);
  const web = await freePort();
  mkdirSync(`${folder}/state`, { recursive: true });
  writeFileSync(`${folder}/siaga.toml`, configuration(folder, web, ports));
  const log = openSync(`${folder}/log`, 'w');
  const child = spawn(program, ['--config', `${folder}/siaga.toml`, 'run'], { stdio: ['ignore', log, log] });
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  const killed = () => child.kill('SIGKILL');
  process.once('exit', killed);
  try {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const text = await fetch(`http://127.0.0.1:${web}/metrics`).then(
        (reply) => reply.text(),
        () => '',
      );
      const lacks = enough(text);
      if (!lacks) return text;
      if (Date.now() > deadline || child.exitCode !== null)
        throw new Error(`not in /metrics within ${seconds} s: ${lacks}\n${readFileSync(`${folder}/log`, 'utf8').slice(-3000)}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 200);
      });
    }
  } finally {
    process.removeListener('exit', killed);
    child.kill('SIGTERM');
    await ended;
    close();
  }
}

/** metric name -> [{ label: value }] of a scrape's text. */
export function samples(text) {
  const all = new Map();
  for (const [, name, labels] of text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/gm)) {
    if (!all.has(name)) all.set(name, []);
    all
      .get(name)
      .push(Object.fromEntries([...(labels ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, value]) => [key, value])));
  }
  return all;
}
