// One dashboard, one time range, one page: asks Prometheus, then puts the drawn panels together. The only file that
// knows both sides; it stops at nothing that one panel alone gets wrong, but shows the error in that panel's place.
import { runAnnotations } from './data/annotations.mjs';
import { interpolateText } from './data/interpolate.mjs';
import { runTargets } from './data/targets.mjs';
import { timeFrom, zoneName, zoneOffsetMs, clockText } from './data/time.mjs';
import { transformed } from './data/transform.mjs';
import { builtInVariables, resolveVariables } from './data/variables.mjs';
import { inPixels, placed } from './layout.mjs';
import { dressed } from './look/display.mjs';
import { html } from './look/text.mjs';
import { page } from './page.mjs';
import { drawn } from './panels/index.mjs';
import { languageOf, wordsFor } from './words.mjs';

const margin = 16;
const timed = ['timeseries', 'state-timeline', 'status-history', 'heatmap'];
const asksNothing = ['text', 'row', 'alertlist'];

const place = ({ left, top, width, height }) => `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
const nothing = (panel, words) => html`<div class="nothing">${panel.fieldConfig?.defaults?.noValue || words.noData}</div>`;
const wrong = (error, words) => html`<div class="error">${words.error}: ${error.message}</div>`;

async function bodyOf({ panel, scope }, box, id, context) {
  const variables = { ...context.variables, ...scope };
  const { words, from, to, now, zone, api } = context;
  const [width, height] = [box.width - 18, box.height - (panel.title ? 28 : 0) - 12];
  try {
    const asked = asksNothing.includes(panel.type)
      ? []
      : await runTargets(panel, { ...context, variables, width: box.width - 16, offsetMs: zoneOffsetMs(to, zone) });
    const about = { words, from, to, now, zone, variables, id };
    const frames = dressed(transformed(asked, panel.transformations), panel.fieldConfig, about);
    const alerts = panel.type === 'alertlist' ? await api.alerts() : [];
    const annotations = timed.includes(panel.type) ? context.annotations : [];
    return {
      content: drawn({ panel, frames, width, height, about, annotations, alerts }) ?? nothing(panel, words),
      problem: null,
    };
  } catch (error) {
    return { content: wrong(error, words), problem: error };
  }
}

function rowHead({ panel, scope, hidden }, box, { variables, words }) {
  return html`<div class="row" style="${place(box)}">${hidden ? '›' : '⌄'}&nbsp;${interpolateText(panel.title || '', {
    ...variables,
    ...scope,
  })}${hidden > 0 && html`<span>${words.panels(hidden)}</span>`}</div>`;
}

function panelBox({ panel, scope }, box, { content, problem }, { variables }) {
  const title = interpolateText(panel.title || '', { ...variables, ...scope });
  const height = box.height - (title ? 28 : 0) - 2;
  const facts = html`data-panel="${panel.id}" data-type="${panel.type}" data-wrong="${String(Boolean(problem))}"`;
  return html`<section class="panel" ${facts} style="${place(box)}">${
    title && html`<h2 title="${panel.description || title}">${title}</h2>`
  }<div class="body" style="height:${height}px">${content}</div></section>`;
}

// Most dashboards say "browser": the reader's own time zone.
function zoneOf({ timezone }, readers) {
  if (!timezone || timezone === 'browser') return readers;
  return timezone === 'utc' ? 'UTC' : timezone;
}

// `scrape` is what the data source's "scrape interval" would say (15 s when left out). `asked` holds what the reader wants: from,
// to, values of variables (by name), width, language and whether to open rows.
export async function rendered(dashboard, { api, now, zone, scrape, asked = {} }) {
  const language = asked.language || languageOf(dashboard);
  const words = wordsFor(language);
  const width = Math.min(4000, Math.max(600, Number(asked.width) || 1600));
  const own = zoneOf(dashboard, zone);
  const from = timeFrom(asked.from || dashboard.time?.from || 'now-6h', now, own);
  const to = timeFrom(asked.to || dashboard.time?.to || 'now', now, own, true);
  if (!(to > from)) throw new Error('the time range ends before it begins');
  const builtIn = builtInVariables({ dashboard, from, to });
  const { known: variables, own: chosen } = await resolveVariables(dashboard, {
    api,
    from,
    to,
    asked: asked.variables,
    allText: words.all,
    builtIn,
  });
  const annotations = await runAnnotations(dashboard, { api, from, to, variables });
  const context = { api, dashboard, variables, words, from, to, now: to, zone: own, scrape, annotations };
  const boxes = placed(dashboard, variables, { expand: asked.expand }).map((each) => ({
    each,
    box: inPixels(each.panel.gridPos, width - 2 * margin),
  }));
  const drawnBoxes = await Promise.all(
    boxes.map(async ({ each, box }, index) => {
      if (each.panel.type === 'row') return { part: rowHead(each, box, context), problem: null };
      const body = await bodyOf(each, box, index, context);
      return {
        part: panelBox(each, box, body, context),
        problem: body.problem && `${each.panel.title || each.panel.id}: ${body.problem.message}`,
      };
    }),
  );
  const parts = drawnBoxes.map(({ part }) => part);
  const problems = drawnBoxes.map(({ problem }) => problem).filter(Boolean);
  const height = Math.max(0, ...boxes.map(({ box }) => box.top + box.height));
  const time = `${clockText(from, own, { date: true, seconds: true })} ${words.to} ${clockText(to, own, { date: true, seconds: true })} ${zoneName(own, to)}`;
  return {
    html: page({ dashboard, words, language, width, height, parts, time, chosen, asked, margin }),
    problems,
    height,
    width,
  };
}
