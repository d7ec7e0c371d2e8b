// The few SVG shapes that panels are drawn with. Attributes are named as in JavaScript (textAnchor), numbers are rounded
// to what an eye can see, what is undefined or false is left out, everything is escaped.
import { theme } from './colors.mjs';
import { escape, html, markup } from './text.mjs';

const nameOf = (key) => (key === 'viewBox' ? key : key.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase()));
const short = (value) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value);
const isGiven = ([, value]) => value !== undefined && value !== null && value !== false;

export function shape(name, attributes, ...inside) {
  const list = Object.entries(attributes)
    .filter(isGiven)
    .map(([key, value]) => ` ${nameOf(key)}="${escape(short(value))}"`)
    .join('');
  return markup(`<${name}${list}>${html`${inside}`}</${name}>`);
}

export const group = (attributes, ...inside) => shape('g', attributes, ...inside);
export const path = (d, more) => shape('path', { d, ...more });
export const circle = (cx, cy, r, more) => shape('circle', { cx, cy, r, ...more });
export const line = (x1, y1, x2, y2, more) => shape('line', { x1, y1, x2, y2, stroke: theme.grid, ...more });

export const rect = (x, y, width, height, more, ...inside) =>
  shape('rect', { x, y, width: Math.max(0, width), height: Math.max(0, height), ...more }, ...inside);

// Text with a title inside is shown whole by a browser when the pointer rests on it.
export const words = (text, x, y, { size = 12, fill = theme.text, anchor = 'start', ...more } = {}) =>
  shape('text', { x, y, fontSize: size, fill, textAnchor: anchor, ...more }, text);
export const tick = (text, x, y, anchor = 'middle') => words(text, x, y, { size: 11, fill: theme.faint, anchor });
export const title = (text) => shape('title', {}, text);

export const svg = (width, height, ...inside) =>
  shape('svg', { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' }, ...inside);
