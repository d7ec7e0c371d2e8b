// Takes pictures of the dashboards as they look on a Prometheus' data, one PNG for each:
//   node dashboards/preview/shoot.mjs --prometheus URL --from UNIX_S --to UNIX_S --out FOLDER
//        [--lang en|id] [--dashboard NAME] [--width 1600] [--timezone Asia/Makassar] [--scrape-interval 15s]
//        [--expand] [--html] [--var office=NAME ...]
// --from and --to also take what dashboards take (now-6h, now). Ends with 1 when a panel could not be drawn.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allDashboards } from './dashboards.mjs';
import { openBrowser, openPage } from './browser.mjs';
import { durationMs } from './data/interval.mjs';
import { Prometheus } from './data/prometheus.mjs';
import { shrunk } from './png.mjs';
import { rendered } from './render.mjs';

const text = { type: 'string' };

function stop(message) {
  process.stderr.write(`shoot: ${message}\n`);
  process.exit(2);
}

function parsed() {
  try {
    return parseArgs({
      options: {
        prometheus: text,
        from: text,
        to: text,
        out: text,
        lang: text,
        dashboard: text,
        width: { ...text, default: '1600' },
        timezone: { ...text, default: 'Asia/Makassar' },
        'scrape-interval': text,
        expand: { type: 'boolean' },
        html: { type: 'boolean' },
        var: { ...text, multiple: true, default: [] },
      },
    }).values;
  } catch (error) {
    return stop(error.message);
  }
}
const options = parsed();

// "office=a" twice gives both.
function askedVariables(pairs) {
  const asked = {};
  for (const pair of pairs) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) || stop(`--var wants name=value, not "${pair}"`);
    asked[name] = [...(asked[name] || []), value];
  }
  return asked;
}

if (!options.prometheus || !options.out) stop('--prometheus URL and --out FOLDER are needed');
if (Number.isNaN(durationMs(options['scrape-interval'] || '15s'))) stop('--scrape-interval wants a duration like 15s');
const isChosen = ({ name, language }) =>
  (!options.lang || language === options.lang) && (!options.dashboard || name === options.dashboard);
const chosen = allDashboards().filter(isChosen);
if (!chosen.length) stop('no such dashboard');

const about = {
  api: new Prometheus(options.prometheus),
  now: Date.now(),
  zone: options.timezone,
  scrape: options['scrape-interval'],
};
const asked = {
  from: options.from,
  to: options.to,
  width: options.width,
  expand: options.expand,
  variables: askedVariables(options.var),
};

// Draws one dashboard; answers how many things were wrong with it.
async function draw(browser, { name, language, dashboard }) {
  const { html, problems, width, height } = await rendered(dashboard, { ...about, asked });
  const path = join(options.out, `siaga-${name}-${language}`);
  if (options.html) writeFileSync(path + '.html', html);
  const { page, complaints } = await openPage(browser, html, { width, height });
  writeFileSync(path + '.png', shrunk(await page.screenshot({ fullPage: true, animations: 'disabled' })));
  await page.close();
  const wrong = [...problems, ...complaints];
  wrong.forEach((each) => process.stderr.write(`${name} ${language}: ${each}\n`));
  process.stdout.write(`${path}.png\n`);
  return wrong.length;
}

async function drawAll() {
  mkdirSync(options.out, { recursive: true });
  const browser = await openBrowser();
  let wrong = 0;
  try {
    for (const each of chosen) wrong += await draw(browser, each);
  } finally {
    await browser.close();
  }
  return wrong;
}

drawAll().then(
  (wrong) => {
    process.exitCode = wrong ? 1 : 0;
  },
  (error) => {
    process.stderr.write(`shoot: ${error.message}\n`);
    process.exitCode = 1;
  },
);
