// A real Prometheus on loopback, filled with fixtures by promtool, and a few words to ask it. Ends what it started; leaves
// nothing behind; every wait has an end that says what was waited for.
import { spawn, execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdirSync, readFileSync, writeFileSync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Blocks of 20 days at most: promtool reads its input once for each block. */
const makeBlocks = (file, data) =>
  run('promtool', ['tsdb', 'create-blocks-from', '--max-block-duration=486h', '-q', 'openmetrics', file, data], {
    maxBuffer: 1 << 26,
  });

async function until(what, claim, seconds, log) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    if (await claim()) return;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s\n${readFileSync(log, 'utf8').slice(-3000)}`);
    await sleep(100);
  }
}

/** Serves OpenMetrics text (`text`, one string, or `files`) from `folder`: { url, query, range, stop }. */
export async function startPrometheus({ folder, text, files = [] }) {
  const data = `${folder}/data`;
  const log = `${folder}/prometheus.log`;
  mkdirSync(data, { recursive: true });
  if (text) {
    writeFileSync(`${folder}/text.om`, text);
    files = [...files, `${folder}/text.om`];
  }
  await Promise.all(files.map((file) => makeBlocks(file, data)));
  writeFileSync(`${folder}/prometheus.yml`, 'global:\n  scrape_interval: 15s\n');
  const port = await freePort();
  const out = openSync(log, 'w');
  const child = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=20y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-lifecycle',
      '--query.max-samples=100000000',
    ],
    { stdio: ['ignore', out, out] },
  );
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  const killed = () => child.kill('SIGKILL');
  process.once('exit', killed);
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    process.removeListener('exit', killed);
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await until(
      'Prometheus is ready',
      async () => {
        if (child.exitCode !== null) throw new Error(`Prometheus ended\n${readFileSync(log, 'utf8').slice(-3000)}`);
        return fetch(`${url}/-/ready`).then(
          (reply) => reply.ok,
          () => false,
        );
      },
      60,
      log,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    stop,
    query: (expr, time) => ask(url, 'query', { query: expr, time }),
    range: (expr, from, to, step) => ask(url, 'query_range', { query: expr, start: from, end: to, step }),
  };
}

/** The result of a query; an error is thrown with the expression that caused it. */
async function ask(url, what, parameters) {
  const reply = await fetch(`${url}/api/v1/${what}`, { method: 'POST', body: new URLSearchParams(parameters) });
  const body = await reply.json();
  if (body.status !== 'success') throw new Error(`${body.error}\nin ${parameters.query}`);
  return body.data.result;
}
