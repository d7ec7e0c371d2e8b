// The part of Markdown that text panels use: headings, paragraphs, lists, tables, bold, italic, code, links, rules.
// Raw HTML is shown as text: a preview runs nothing that it was given.
import { html, markup, safeLink, escape } from './text.mjs';

const inline = (text) => {
  const codes = [];
  const kept = escape(text).replace(/`([^`]+)`/g, (_, code) => `\u0001${codes.push(code) - 1}\u0001`);
  return kept
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, words, address) => {
      const link = safeLink(address.replace(/&amp;/g, '&').replace(/&#39;/g, "'"));
      return link ? `<a href="${escape(link)}">${words}</a>` : words;
    })
    .replace(/\*\*([^*]+)\*\*|__([^_]+)__/g, (_, a, b) => `<b>${a ?? b}</b>`)
    .replace(/\*([^*\s][^*]*)\*/g, '<i>$1</i>')
    .replace(/\u0001(\d+)\u0001/g, (_, index) => `<code>${codes[index]}</code>`);
};

const list = /^\s*([-*+]|\d+\.)\s+/;
const cells = (line) =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((each) => each.trim());
const row = (line, tag) =>
  `<tr>${cells(line)
    .map((each) => `<${tag}>${inline(each)}</${tag}>`)
    .join('')}</tr>`;
const isTable = ([first, second = '']) => /^\s*\|/.test(first) && /^[\s|:-]+$/.test(second);
const table = ([head, , ...rest]) =>
  `<table><thead>${row(head, 'th')}</thead><tbody>${rest.map((each) => row(each, 'td')).join('')}</tbody></table>`;

// A line that does not begin an item of its own goes on with the one before.
function items(lines) {
  const all = [];
  for (const line of lines) {
    if (list.test(line)) all.push(line.replace(list, ''));
    else all[all.length - 1] += ` ${line.trim()}`;
  }
  return all;
}

function block(lines) {
  const [first] = lines;
  const heading = /^(#{1,6})\s+(.*)$/.exec(first);
  if (heading && lines.length > 1) return block([first]) + block(lines.slice(1));
  if (heading) return `<h${heading[1].length}>${inline(heading[2])}</h${heading[1].length}>`;
  if (/^(-{3,}|\*{3,})$/.test(first)) return '<hr>';
  if (isTable(lines)) return table(lines);
  const start = lines.findIndex((line) => list.test(line));
  if (start > 0) return block(lines.slice(0, start)) + block(lines.slice(start));
  if (start === 0) {
    const tag = /^\s*\d/.test(first) ? 'ol' : 'ul';
    return `<${tag}>${items(lines)
      .map((item) => `<li>${inline(item)}</li>`)
      .join('')}</${tag}>`;
  }
  return `<p>${inline(lines.join('\n')).replace(/\n/g, ' ')}</p>`;
}

export function markdown(text) {
  const pieces = String(text)
    .replace(/\r/g, '')
    .split(/\n\s*\n/)
    .map((each) => each.split('\n').filter((line) => line.trim()));
  return html`<div class="markdown">${markup(
    pieces
      .filter((lines) => lines.length)
      .map(block)
      .join(''),
  )}</div>`;
}
