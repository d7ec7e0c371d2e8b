// The legend below or beside a plot: colour, name and the asked-for calculations. What does not fit is counted, not hidden.
import { aliases, reduced } from '../data/reduce.mjs';
import { html, safeColor, textWidth } from './text.mjs';

const line = 24;

// How high a list of these words is when it wraps at the width.
export function listHeight(names, width) {
  let [lines, used] = [1, 0];
  for (const name of names) {
    const wide = textWidth(name, 12) + 35;
    if (used > 0 && used + wide > width) [lines, used] = [lines + 1, 0];
    used += wide;
  }
  return lines * line;
}

export function entriesOf(fields, colorOf = (field) => field.display(reduced(field.values, 'lastNotNull')).color) {
  return fields
    .filter((field) => !field.config.custom?.hideFrom?.legend)
    .map((field) => ({ name: field.title, color: colorOf(field), field }));
}

const swatch = (color) => html`<i style="background:${safeColor(color)}"></i>`;

export function legendTable(entries, calcs) {
  return html`<table class="legend"><thead><tr><th></th>${calcs.map((calc) => html`<th>${aliases[calc] || calc}</th>`)}</tr></thead><tbody>${entries.map(
    ({ name, color, field }) =>
      html`<tr><td title="${name}">${swatch(color)}${name}</td>${calcs.map(
        (calc) => html`<td class="number">${field.display(reduced(field.values, calc)).text}</td>`,
      )}</tr>`,
  )}</tbody></table>`;
}

export function legendList(entries, calcs = []) {
  return html`<div class="legend">${entries.map(
    ({ name, color, field }) =>
      html`<span title="${name}">${swatch(color)}${name}${calcs.map(
        (calc) => html` <b>${aliases[calc] || calc}: ${field.display(reduced(field.values, calc)).text}</b>`,
      )}</span>`,
  )}</div>`;
}

export const legendBox = (list, height, width) =>
  html`<div class="legendbox" style="height:${height}px${width > 0 && `;width:${width}px`}">${list}</div>`;

// How much room the legend takes, and the whole of plot and legend.
export function withLegend(options, entries, width, height, draw) {
  const { showLegend = true, displayMode = 'list', placement = 'bottom', calcs = [] } = options?.legend || {};
  const hidden = !showLegend || displayMode === 'hidden' || !entries.length;
  if (hidden) return draw(width, height);
  const list = displayMode === 'table' ? legendTable(entries, calcs) : legendList(entries, calcs);
  if (placement === 'right') {
    const side = Math.min(Math.max(180, width * 0.28), width * 0.5);
    return html`<div class="beside">${draw(Math.floor(width - side), height)}${legendBox(list, height, Math.floor(side - 8))}</div>`;
  }
  const words = entries.map(({ name }) => name + calcs.map(() => ' '.repeat(30)).join(''));
  const estimate = displayMode === 'table' ? line + 22 * entries.length : listHeight(words, width);
  const most = Math.max(line, Math.floor((height * 0.4) / line) * line);
  const room = Math.min(estimate, most);
  return html`${draw(width, height - room)}${legendBox(list, room)}`;
}
