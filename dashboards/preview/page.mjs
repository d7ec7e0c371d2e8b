// The page around the panels: the notice that this is not Grafana, the title, the time and the variables. No scripts: the
// controls are a plain form, the refresh is a header of the page.
import { html, markup } from './look/text.mjs';
import { style } from './style.mjs';

export function document({ title, language, refresh = 0, body }) {
  const reload = refresh > 0 && html`<meta http-equiv="refresh" content="${refresh}">`;
  return String(html`${markup('<!DOCTYPE html>')}
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${reload}
<title>${title}</title><style>${markup(style)}</style></head><body>${body}</body></html>
`);
}

const selected = (is) => is && markup(' selected');
const option = (value, text, is) => html`<option value="${value}"${selected(is)}>${text}</option>`;
const choice = (name, options) => html`<select name="${name}">${options}</select>`;

function control(name, variable, words) {
  if (variable.type === 'textbox') return html`<input name="var-${name}" value="${variable.value}" size="30">`;
  const picked = variable.isAll ? ['$__all'] : [variable.value].flat();
  const every = variable.isMulti ? [{ value: '$__all', text: words.all }] : [];
  return choice(
    `var-${name}`,
    [...every, ...variable.options].map(({ value, text }) => option(value, text, picked.includes(value))),
  );
}

const ranges = ['now-15m', 'now-1h', 'now-6h', 'now-24h', 'now-7d', 'now-30d', 'now/M'];
const isShown = ({ type }) => type !== 'datasource' && type !== 'constant';

function form({ chosen, asked, words, width }) {
  const { from = '', refresh = '' } = asked;
  const starts = [...new Set([from, ...ranges])].filter(Boolean);
  const seconds = ['', '10', '30', '60'];
  return html`<form method="get" class="variables">
    ${Object.entries(chosen)
      .filter(([, each]) => isShown(each))
      .map(([name, each]) => html`<label>${each.label} ${control(name, each, words)}</label> `)}
    <label>${words.range} ${choice(
      'from',
      starts.map((each) => option(each, each, each === from)),
    )}</label>
    <label>${words.every} ${choice(
      'refresh',
      seconds.map((each) => option(each, each ? each + ' s' : words.never, each === String(refresh))),
    )}</label>
    <input type="hidden" name="width" value="${width}"><button>${words.show}</button> <a href="/">${words.dashboards}</a></form>`;
}

const plain = (chosen) =>
  html`<div class="variables">${Object.values(chosen)
    .filter((each) => each.type !== 'datasource' && each.hide !== 2)
    .map(({ label, text }) => html`<span>${label}: <b>${text || '-'}</b></span>`)}</div>`;

export function page({ dashboard, words, language, width, height, parts, time, chosen, asked, margin }) {
  const body = html`<div class="notice">${words.notGrafana}</div>
    <header><h1>${dashboard.title}</h1><span class="time">${time}</span></header>${asked.live ? form({ chosen, asked, words, width }) : plain(chosen)}
    <main style="height:${height}px;width:${width - 2 * margin}px">${parts}</main>`;
  return document({ title: `${dashboard.title} - ${words.notGrafana}`, language, refresh: Number(asked.refresh) || 0, body });
}
