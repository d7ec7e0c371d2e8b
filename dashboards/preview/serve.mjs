// Shows the dashboards live to people without Grafana, on this machine only:
//   node dashboards/preview/serve.mjs --prometheus URL [--port N] [--timezone Asia/Makassar] [--scrape-interval 15s]
// The addresses are Grafana's own (/d/UID?from=now-6h&to=now&var-office=NAME), so that links between dashboards work.
// It binds loopback and answers GET only; nothing can be changed through it.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { allDashboards } from './dashboards.mjs';
import { Prometheus } from './data/prometheus.mjs';
import { html } from './look/text.mjs';
import { document } from './page.mjs';
import { rendered } from './render.mjs';
import { wordsFor } from './words.mjs';

const headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

const entry = ({ dashboard }) =>
  html`<li><a href="/d/${dashboard.uid}">${dashboard.title}</a><br>${dashboard.description || ''}</li>`;

function section(list, language) {
  const words = wordsFor(language);
  const own = list.filter((each) => each.language === language);
  return html`<div class="notice">${words.notGrafana}</div><header><h1>${words.title}</h1></header><ul class="index">${own.map(entry)}</ul>`;
}

const index = (list) =>
  document({ title: wordsFor('id').title, language: 'id', body: [section(list, 'id'), section(list, 'en')] });

const broken = (error) =>
  document({
    title: 'Siaga',
    language: 'en',
    refresh: 10,
    body: html`<div class="notice">${wordsFor('en').notGrafana}</div><p class="error">${error.message}</p>`,
  });

function askedFrom(query, defaults = {}) {
  const variables = {};
  for (const [key, value] of query) if (key.startsWith('var-')) (variables[key.slice(4)] ||= []).push(value);
  return {
    from: query.get('from') || defaults.from,
    to: query.get('to') || defaults.to,
    width: query.get('width') || 1600,
    refresh: query.get('refresh') || '',
    expand: query.has('expand'),
    variables,
    live: true,
  };
}

async function answer(request, about) {
  const url = new URL(request.url, 'http://localhost');
  const list = allDashboards();
  if (url.pathname === '/') return { status: 200, body: index(list) };
  const [, uid] = /^\/d\/([\w-]+)/.exec(url.pathname) || [];
  const found = list.find(({ dashboard }) => dashboard.uid === uid);
  if (!found) return { status: 404, body: index(list) };
  const asked = askedFrom(url.searchParams, found.dashboard.time);
  return { status: 200, body: (await rendered(found.dashboard, { ...about, now: Date.now(), asked })).html };
}

// The header names the host that the reader asked for: another name than this machine's would be a page elsewhere that
// got itself pointed here.
const isLocal = (host) => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host || '');

export function serve({ prometheus, port = 0, zone, scrape }) {
  const about = { api: new Prometheus(prometheus), zone, scrape };
  const server = createServer(async (request, response) => {
    const send = (status, body = '') => response.writeHead(status, headers).end(body);
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(405);
    if (!isLocal(request.headers.host)) return send(421);
    try {
      const { status, body } = await answer(request, about);
      return send(status, body);
    } catch (error) {
      return send(502, broken(error));
    }
  });
  return new Promise((resolve, reject) => server.once('error', reject).listen(Number(port), '127.0.0.1', () => resolve(server)));
}

async function main() {
  const text = { type: 'string' };
  const { values } = parseArgs({
    options: { prometheus: text, port: { ...text, default: '0' }, timezone: text, 'scrape-interval': text },
  });
  if (!values.prometheus) throw new Error('--prometheus URL is needed');
  const zone = values.timezone || Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  const server = await serve({ prometheus: values.prometheus, port: values.port, zone, scrape: values['scrape-interval'] });
  process.stdout.write(`http://127.0.0.1:${server.address().port}/\n`);
  const end = () => {
    server.close(() => process.exit(0));
    server.closeAllConnections?.();
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);
}

if (import.meta.url === pathToFileURL(process.argv[1] || '').href) {
  main().catch((error) => {
    process.stderr.write(`serve: ${error.message}\n`);
    process.exitCode = 2;
  });
}
