// Tables: coloured cells, small gauges, links, widths and sorting, as the dashboard says.
import { readableOn, theme } from '../look/colors.mjs';
import { html, safeColor, safeLink } from '../look/text.mjs';
import { interpolateLink } from '../data/interpolate.mjs';
import { compareValues } from '../data/transforms/rows.mjs';
import { limitsOf, shareOf } from './gauge.mjs';

// Older dashboards say "displayMode" for what newer ones call "cellOptions".
const olderKinds = {
  'color-background-solid': 'color-background',
  'color-background': 'color-background',
  'color-text': 'color-text',
  basic: 'gauge',
  'gradient-gauge': 'gauge',
  'lcd-gauge': 'gauge',
};

function cellOptions({ cellOptions: options, displayMode }) {
  const kind = options?.type || olderKinds[displayMode] || 'auto';
  if (!['auto', 'color-text', 'color-background', 'gauge', 'data-links'].includes(kind))
    throw new Error(`table cell "${kind}" is not known`);
  return { ...options, type: kind };
}

// ${__value.raw}, ${__value.text}, ${__data.fields.office}, ${__data.fields["Since when"]} and the dashboard's variables.
const fieldReference = /\$\{__data\.fields(?:\.(\w+)|\[["']?([^\]"']+)["']?\])(?:\.(numeric|text))?(?::\w+)?\}/g;
const valueReference = /\$\{__value\.(raw|text|numeric)(?::\w+)?\}/g;

export function linkOf(link, { frame, field, row, variables }) {
  const find = (name) => frame.fields.find((each) => each.name === name || each.title === name) ?? frame.fields[Number(name)];
  const written = (from, kind) =>
    encodeURIComponent(kind === 'text' ? from.display(from.values[row]).text : (from.values[row] ?? ''));
  const plain = link.url
    .replace(fieldReference, (whole, a, b, kind) => (find(a ?? b) ? written(find(a ?? b), kind) : whole))
    .replace(valueReference, (_, kind) => written(field, kind));
  return safeLink(interpolateLink(plain, variables));
}

function linked(text, { frame, field, row, about, isColoured }) {
  const links = (field.config.links || []).map((each) => ({
    ...each,
    address: linkOf(each, { frame, field, row, variables: about.variables }),
  }));
  const link = links.find(({ address }) => address);
  if (!link || text === '') return text;
  return html`<a href="${link.address}" title="${link.title || ''}"${isColoured && html` style="color:inherit"`}>${text}</a>`;
}

function gaugeCell(field, shown, options) {
  const { low, high } = limitsOf({ field });
  const share = (shareOf(shown.numeric, low, high) * 100).toFixed(1);
  const tint = safeColor(shown.color);
  const ink = options.valueDisplayMode === 'text' ? theme.text : tint;
  const text = options.valueDisplayMode === 'hidden' ? '' : shown.text;
  return html`<td><div class="bar"><div><i style="width:${share}%;background:${tint}"></i></div><span style="color:${ink}">${text}</span></div></td>`;
}

const alignOf = (field) => {
  const asked = field.config.custom?.align;
  return ['left', 'center', 'right'].includes(asked) ? asked : field.type === 'number' ? 'right' : 'left';
};

function paintOf(type, color) {
  const tint = safeColor(color);
  if (type === 'color-background') return `background:${tint};color:${readableOn(tint)}`;
  return type === 'color-text' ? `color:${tint}` : '';
}

function cell(frame, field, row, about) {
  const shown = field.display(field.values[row]);
  const options = cellOptions(field.config.custom || {});
  if (options.type === 'gauge' && Number.isFinite(shown.numeric)) return gaugeCell(field, shown, options);
  const paint = shown.text === '' ? '' : paintOf(options.type, shown.color);
  const isName = field.type === 'string' && !shown.isMapped; // may be any length; the title has all of it
  const facts = html`${paint.startsWith('background') && html` data-color="${safeColor(shown.color)}"`}${isName && html` data-name`}`;
  return html`<td style="text-align:${alignOf(field)};${paint}" title="${shown.text}"${facts}>${linked(shown.text, {
    frame,
    field,
    row,
    about,
    isColoured: Boolean(paint),
  })}</td>`;
}

function order(frame, sortBy = []) {
  const rows = Array.from({ length: frame.fields[0]?.values.length ?? 0 }, (_, row) => row);
  return [...sortBy].reverse().reduce((before, { displayName, desc }) => {
    const field = frame.fields.find((each) => each.title === displayName);
    const compare = (a, b) => compareValues(field.values[a], field.values[b]) * (desc ? -1 : 1);
    return field ? [...before].sort(compare) : before;
  }, rows);
}

// Fixed widths are kept, and what is left is shared by the others, at least 150 px each: so does Grafana.
function widthsOf(fields, width) {
  const fixed = fields.map((field) => field.config.custom?.width || 0);
  const others = fixed.filter((each) => !each).length;
  const left = width - 2 - fixed.reduce((a, b) => a + b, 0);
  return fields.map((field, index) => fixed[index] || Math.max(field.config.custom?.minWidth || 150, Math.floor(left / others)));
}

const rowHeights = { sm: 30, md: 38, lg: 48 };
const noteHeight = 14;

// As many rows as fit, whole; the note below says how many there are more.
function fitting(count, room, row) {
  return count * row <= room ? count : Math.max(0, Math.floor((room - noteHeight) / row));
}

function headOf(fields) {
  const cells = fields.map((field) => html`<th style="text-align:${alignOf(field)}" title="${field.title}">${field.title}</th>`);
  return html`<thead><tr>${cells}</tr></thead>`;
}

// Grafana shows one table and lets the reader choose among several; the note keeps a forgotten transformation in sight.
function noteOf(more, tables, words) {
  const notes = [more > 0 && words.moreRows(more), tables > 1 && words.oneTableOf(tables)].filter(Boolean);
  return notes.length > 0 && html`<div class="more">${notes.join(' · ')}</div>`;
}

export function table({ panel, frames, width, height, about }) {
  const frame = frames[panel.options?.frameIndex ?? 0] ?? frames[0];
  if (!frame || !frame.fields.length) return null;
  const fields = frame.fields.filter((field) => !field.config.custom?.hidden && !field.config.custom?.hideFrom?.viz);
  const rows = order(frame, panel.options?.sortBy);
  const row = rowHeights[panel.options?.cellHeight || 'sm'];
  const headHeight = panel.options?.showHeader === false ? 0 : 32;
  const visible = fitting(rows.length, height - headHeight, row);
  const more = rows.length - visible;
  const none = panel.fieldConfig?.defaults?.noValue || about.words.noData;
  const body = rows.length
    ? rows.map((each) => html`<tr style="height:${row}px">${fields.map((field) => cell(frame, field, each, about))}</tr>`)
    : html`<tr><td class="none" colspan="${fields.length}">${none}</td></tr>`;
  const widths = widthsOf(fields, width);
  const columns = html`<colgroup>${widths.map((each) => html`<col style="width:${each}px">`)}</colgroup>`;
  const whole = Math.max(
    widths.reduce((a, b) => a + b, 0),
    width - 2,
  );
  return html`<div class="scroll" style="height:${more > 0 ? headHeight - 2 + visible * row : height}px">
    <table class="data" style="width:${whole}px">${columns}${headHeight > 0 && headOf(fields)}<tbody>${body}</tbody></table></div>
    ${noteOf(more, frames.length, about.words)}`;
}
