// Opens pages in Chromium and takes pictures of them. It loads nothing but what it is given as text: every request of a
// page is refused and reported.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export async function openBrowser() {
  const executablePath = places.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error('no Chromium found: apt-get install chromium, or set CHROMIUM');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'] });
}

export async function openPage(browser, html, { width, height }) {
  const page = await browser.newPage({ viewport: { width, height: Math.max(400, height) }, javaScriptEnabled: true });
  const complaints = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.route('**/*', (route) => {
    if (route.request().url().startsWith('data:')) return route.continue();
    complaints.push(`asked for ${route.request().url()}`);
    return route.abort();
  });
  await page.setContent(html, { waitUntil: 'load', timeout: 30_000 });
  return { page, complaints };
}
