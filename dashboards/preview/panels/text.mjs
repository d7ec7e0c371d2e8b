// Text panels, and the list of alerts that are firing.
import { color } from '../look/colors.mjs';
import { markdown } from '../look/markdown.mjs';
import { html } from '../look/text.mjs';
import { seconds } from '../look/units.mjs';
import { interpolateText } from '../data/interpolate.mjs';

export function text({ panel, about }) {
  const { mode = 'markdown', content = '' } = panel.options || {};
  const words = interpolateText(content, about.variables);
  if (mode === 'markdown') return markdown(words);
  if (mode === 'code') return html`<pre>${words}</pre>`;
  throw new Error(`text mode "${mode}" is not shown: a preview runs nothing that it was given`);
}

const severity = { critical: 'red', warning: 'orange', info: 'blue' };

export function alertlist({ panel, about, alerts }) {
  const wanted = panel.options?.stateFilter || {};
  const isMeant = ({ state }) => (state === 'firing' ? wanted.firing !== false : wanted.pending === true);
  const list = alerts
    .filter(isMeant)
    .sort((a, b) => Date.parse(b.activeAt) - Date.parse(a.activeAt))
    .slice(0, panel.options?.maxItems || 20);
  if (!list.length) return html`<div class="nothing">${about.words.noAlerts}</div>`;
  return html`<ul class="alerts">${list.map(
    ({ labels, annotations, state, activeAt }) => html`<li style="border-color:${color(severity[labels.severity] || 'text')}">
    <b>${labels.alertname}</b> ${labels.office || ''} <span>${state} ${seconds((about.now - Date.parse(activeAt)) / 1000, 0)}</span><div>${annotations.summary || ''}</div></li>`,
  )}</ul>`;
}
