// All dashboards in a real browser on a real Prometheus: nothing is an error, cut off or written over something else; the
// notice is there; the overview shows who is dark and why on one screen; what nobody knows is grey.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openBrowser, openPage } from '../../dashboards/preview/browser.mjs';
import { Prometheus } from '../../dashboards/preview/data/prometheus.mjs';
import { allDashboards, names } from '../../dashboards/preview/dashboards.mjs';
import { decoded } from '../../dashboards/preview/png.mjs';
import { rendered } from '../../dashboards/preview/render.mjs';
import { serve } from '../../dashboards/preview/serve.mjs';
import { wordsFor } from '../../dashboards/preview/words.mjs';
import { startPrometheus } from '../dashboards/prometheus.mjs';
import { colouredWords, measured, tableRows } from './measures.mjs';
import { end, hostile, length, written } from './world.mjs';

const zone = 'Asia/Makassar';
const folder = mkdtempSync(join(tmpdir(), 'siaga-preview-'));
const all = allDashboards();
let prometheus;
let browser;

before(
  async () => {
    prometheus = await startPrometheus({ folder, files: written(folder) });
    browser = await openBrowser();
  },
  { timeout: 120_000 },
);

after(async () => {
  await browser?.close();
  await prometheus?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

// The same page is asked for by several tests; its queries run once.
const pages = new Map();
function pageOf(name, language, asked) {
  const key = JSON.stringify([name, language, asked]);
  const { dashboard } = all.find((each) => each.name === name && each.language === language);
  const range = { from: end - length, to: end, width: 1600, ...asked };
  if (!pages.has(key))
    pages.set(key, rendered(dashboard, { api: new Prometheus(prometheus.url), now: end * 1000, zone, asked: range }));
  return pages.get(key);
}

async function shown(name, language, asked = {}) {
  const { html, problems, width, height } = await pageOf(name, language, asked);
  const { page, complaints } = await openPage(browser, html, { width, height });
  return { page, problems: [...problems, ...complaints] };
}

test('there are eight dashboards in two languages', () => {
  assert.deepEqual(
    all.map(({ name, language }) => `${name}-${language}`).sort(),
    names.flatMap((name) => [`${name}-en`, `${name}-id`]).sort(),
  );
});

for (const { name, language } of all) {
  test(`${name} (${language}) is drawn whole, with every row open`, { timeout: 120_000 }, async () => {
    const { page, problems } = await shown(name, language, { expand: true });
    try {
      const { complaints, panels, notice, title, scripts, width } = await page.evaluate(measured);
      assert.deepEqual(problems, []);
      assert.deepEqual(complaints, []);
      assert.ok(panels >= 4, `${panels} panels`);
      assert.equal(width, 1600);
      assert.equal(notice.text, wordsFor(language).notGrafana);
      assert.ok(notice.top === 0 && notice.height >= 18 && notice.color !== notice.background, JSON.stringify(notice));
      assert.equal(scripts, 0);
      assert.notEqual(title, 'broken');
    } finally {
      await page.close();
    }
  });
}

// Grey is a colour without a hue.
const hue = (text) => {
  const parts = /^#/.test(text)
    ? [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16))
    : text.match(/\d+/g).slice(0, 3).map(Number);
  return Math.max(...parts) - Math.min(...parts);
};
const isGrey = (text) => hue(text) <= 30;
const unknownWords =
  /^(silent|diam|could not see|tidak terlihat|silent, cannot see|diam, tidak terlihat|unknown|tidak diketahui|not known|belum diketahui|no data|tidak ada data|no UPS)$/i;

for (const language of ['en', 'id']) {
  test(`the overview fits on one screen and says who is dark, since when and why (${language})`, async () => {
    const { page } = await shown('overview', language);
    try {
      const { height } = await page.evaluate(measured);
      assert.ok(height <= 1080, `${height} px high`);
      const english = language === 'en';
      const rows = await page.evaluate(tableRows, english ? 'What is broken now' : 'Apa yang rusak sekarang');
      const of = (office) =>
        rows.filter((row) => Object.values(row).some(({ text }) => text === office)).map((row) => Object.values(row));
      const says = (office, text) =>
        of(office)
          .flat()
          .find((cell) => cell.text === text);
      assert.ok(says('padam-2', english ? 'power cut' : 'listrik padam'), 'padam-2 is dark by a power cut');
      assert.ok(
        of('padam-2')
          .flat()
          .some(({ text }) => /15:20(:00)?$/.test(text)),
        'since 15:20 WITA',
      );
      assert.ok(
        of('padam-3')
          .flat()
          .some(({ text }) => text === 'layanan'),
        'layanan of padam-3 did not come back',
      );
      assert.ok(says('sertifikat-1', english ? 'certificate' : 'sertifikat'));
      assert.ok(says('putus-1', english ? 'link down' : 'jaringan putus'));
      const unseen = says('diam-1', english ? 'not known' : 'belum diketahui');
      assert.ok(unseen && isGrey(unseen.background), `diam-1 is grey: ${unseen?.background}`);
      assert.ok(
        of('padam-2')
          .flat()
          .some(({ link }) => link?.startsWith('http://127.0.0.1:9790/runbooks/')),
        'a link to the runbook',
      );
      const late = await page.evaluate(tableRows, english ? 'What did not come back' : 'Apa yang belum pulih');
      assert.deepEqual(
        late.map((row) =>
          Object.values(row)
            .slice(0, 2)
            .map(({ text }) => text),
        ),
        [['padam-3', 'layanan']],
      );
    } finally {
      await page.close();
    }
  });
}

test('what nobody knows is grey, on every dashboard', { timeout: 120_000 }, async () => {
  const wrong = [];
  let seen = 0;
  for (const { name, language } of all) {
    const { page } = await shown(name, language, { expand: true });
    const words = (await page.evaluate(colouredWords)).filter(([, word]) => unknownWords.test(word));
    seen += words.length;
    wrong.push(
      ...words.filter(([, , color]) => color && !isGrey(color)).map((each) => `${name} ${language}: ${each.join(' | ')}`),
    );
    await page.close();
  }
  assert.ok(seen > 20, `${seen} words`);
  assert.deepEqual([...new Set(wrong)], []);
});

test('a name that tries to be HTML is shown as it is', async () => {
  const { page } = await shown('websites', 'en');
  try {
    assert.ok((await page.evaluate(() => document.body.innerText)).includes(hostile));
    assert.equal(await page.evaluate(() => document.querySelectorAll('main script, main img, main iframe').length), 0);
  } finally {
    await page.close();
  }
});

const statusFor = (port, host) =>
  new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/', headers: { host } }, (reply) => resolve(reply.resume().statusCode))
      .once('error', reject)
      .end();
  });

const shoot = (...words) =>
  new Promise((resolve) => {
    const file = fileURLToPath(new URL('../../dashboards/preview/shoot.mjs', import.meta.url));
    execFile(process.execPath, [file, ...words], { timeout: 100_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
  });

const drawn = ['--out', folder, '--dashboard', 'overview', '--lang', 'id'];

test('the program takes a small picture that says what it is', { timeout: 120_000 }, async () => {
  const span = ['--from', String(end - length), '--to', String(end)];
  const { code, stdout, stderr } = await shoot('--prometheus', prometheus.url, ...span, ...drawn);
  assert.deepEqual([code, stderr], [0, '']);
  const path = join(folder, 'siaga-overview-id.png');
  assert.equal(stdout.trim(), path);
  const file = readFileSync(path);
  assert.ok(file.length < 250_000, `${file.length} bytes`);
  const { width, height, colors } = decoded(file);
  assert.equal(width, 1600);
  assert.ok(height > 600 && height <= 1080, `${height} px`);
  assert.equal(colors[5 * width + 10], 0xfade2a, 'the notice is at the top');
  assert.ok(new Set(colors).size > 50, 'there is something in it');
});

test('the program says what is wrong with its words, and when Prometheus does not answer', async () => {
  assert.equal((await shoot('--out', folder)).code, 2);
  assert.equal((await shoot('--prometheus', prometheus.url, '--out', folder, '--dashboard', 'moon')).code, 2);
  const { code, stderr } = await shoot('--prometheus', 'http://127.0.0.1:9', ...drawn);
  assert.equal(code, 1);
  assert.match(stderr, /Prometheus does not answer/);
});

test('the server shows the same on loopback, to this machine only, and cannot be made to do more', async () => {
  const server = await serve({ prometheus: prometheus.url, zone });
  const { port, address } = server.address();
  const get = (path, options = {}) => fetch(`http://127.0.0.1:${port}${path}`, options);
  try {
    assert.equal(address, '127.0.0.1');
    assert.match(await (await get('/')).text(), /href="\/d\/siaga-overview-en"/);
    const answer = await get(`/d/siaga-office-en?from=${end - 3600}&to=${end}&var-office=padam-1&refresh=30`);
    assert.match(answer.headers.get('content-security-policy'), /default-src 'none'/);
    const page = await answer.text();
    assert.match(page, /this is not Grafana/);
    assert.match(page, /http-equiv="refresh" content="30"/);
    assert.equal((await get('/d/nothing')).status, 404);
    assert.equal((await get('/../../etc/passwd')).status, 404);
    assert.equal((await get('/', { method: 'POST' })).status, 405);
    assert.equal(await statusFor(port, 'elsewhere.example'), 421);
  } finally {
    server.closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('without Prometheus the page says so, and nothing hangs', async () => {
  const server = await serve({ prometheus: 'http://127.0.0.1:9', zone });
  try {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/d/siaga-overview`);
    assert.equal(answer.status, 502);
    assert.match(await answer.text(), /Prometheus does not answer/);
  } finally {
    server.closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  }
});
