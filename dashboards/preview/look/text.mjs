// Text that comes from outside (labels, errors, titles) made safe for HTML and SVG, and estimates of how wide it will be.
// Everything that reaches a page goes through `escape` or `markup`; nothing else may build tags from data.

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
// Control characters are not allowed in XML at all; they would break the whole picture.
export const escape = (text) =>
  String(text ?? '')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd')
    .replace(/[&<>"']/g, (c) => entities[c]);

// Marks a string as already safe. `html` and `svg` escape every other value put into them.
class Markup {
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

export const markup = (text) => new Markup(text);
const safe = (value) => {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(safe).join('');
  return value === false || value === null || value === undefined ? '' : escape(value);
};

export function html(strings, ...values) {
  return new Markup(strings.reduce((text, piece, index) => text + safe(values[index - 1]) + piece));
}

// Only web addresses and paths of this site may become links; "javascript:" and its kin may not.
export const safeLink = (address) =>
  /^(https?:\/\/|\/(?!\/)|\?|#)/i.test(String(address).trim()) ? String(address).trim() : null;

// Only what looks like a colour may reach a style attribute.
export const safeColor = (color) =>
  /^(#[0-9a-f]{3,8}|[a-z]+|(rgb|hsl)a?\([\d\s.,%/]+\))$/i.test(String(color)) ? String(color) : '#8e8e93';

const widths = [
  [/[iljI.,:;'|!\s]/, 0.32],
  [/[ftr()[\]{}"\/\\-]/, 0.4],
  [/[mwMW@%]/, 0.88],
  [/[A-Z#&]/, 0.66],
  [/\d/, 0.6],
];
const widthOf = (character) => widths.find(([shape]) => shape.test(character))?.[1] ?? 0.58;

// Near enough for DejaVu Sans Condensed, the widest font that the page may get.
export const textWidth = (text, size) => [...String(text)].reduce((sum, character) => sum + widthOf(character), 0) * size;

export function fitted(text, size, width) {
  const plain = String(text);
  if (textWidth(plain, size) <= width) return plain;
  const characters = [...plain];
  while (characters.length > 1 && textWidth(characters.join('') + '…', size) > width) characters.pop();
  return characters.join('').trimEnd() + '…';
}

// The largest size at which the text fits into the box.
export const sizeFor = (text, width, height, largest = 120) =>
  Math.max(10, Math.min(largest, height / 1.15, width / Math.max(0.001, textWidth(text, 1))));
