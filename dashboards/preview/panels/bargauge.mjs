// Bar gauge: one bar per value, with its name and its number.
import { theme } from '../look/colors.mjs';
import { group, rect, svg, title, words } from '../look/shapes.mjs';
import { fitted, html, safeColor, textWidth } from '../look/text.mjs';
import { limitsOf, shareOf } from './gauge.mjs';
import { singleValues } from './values.mjs';

// How long the bar is; what is known is never shorter than two pixels.
function lengthOf(each, room) {
  const { low, high } = limitsOf(each);
  return Number.isFinite(each.shown.numeric) ? Math.max(2, shareOf(each.shown.numeric, low, high) * room) : 0;
}

const facts = (each) => [
  { dataValue: each.shown.text, dataColor: safeColor(each.shown.color) },
  title(`${each.title}: ${each.shown.text}`),
];
const back = { fill: theme.grid };
const bar = (each) => ({ fill: safeColor(each.shown.color), opacity: 0.75 });

function horizontal(values, options, width, height) {
  const row = Math.min(44, height / values.length);
  const above = options.namePlacement === 'top' || (options.namePlacement !== 'left' && row >= 40);
  const longest = Math.max(...values.map((each) => textWidth(each.title, 12)));
  const nameRoom = above ? 0 : Math.min(width * 0.45, longest + 12);
  const valueRoom = options.valueMode === 'hidden' ? 0 : Math.max(...values.map(({ shown }) => textWidth(shown.text, 14))) + 12;
  const barRoom = Math.max(10, width - nameRoom - valueRoom);
  return values.map((each, index) => {
    const y = index * row;
    const [top, thick] = above ? [y + 16, row - 20] : [y + 3, row - 6];
    const middle = top + thick / 2 + 4.5;
    const ink = options.valueMode === 'text' ? theme.text : safeColor(each.shown.color);
    return group(
      ...facts(each),
      above
        ? words(fitted(each.title, 12, width), 0, y + 12)
        : words(fitted(each.title, 12, nameRoom - 8), nameRoom - 8, middle, { anchor: 'end' }),
      options.showUnfilled !== false && rect(nameRoom, top, barRoom, thick, back),
      rect(nameRoom, top, lengthOf(each, barRoom), thick, bar(each)),
      valueRoom > 0 && words(each.shown.text, width - 4, middle, { size: 14, anchor: 'end', fill: ink }),
    );
  });
}

function vertical(values, options, width, height) {
  const column = width / values.length;
  const room = height - 40;
  return values.map((each, index) => {
    const [x, wide, long] = [index * column + 4, Math.max(4, column - 8), lengthOf(each, room)];
    const middle = x + wide / 2;
    return group(
      ...facts(each),
      rect(x, 20, wide, room, back),
      rect(x, 20 + room - long, wide, long, bar(each)),
      words(fitted(each.shown.text, 13, column), middle, 15, { size: 13, anchor: 'middle', fill: safeColor(each.shown.color) }),
      words(fitted(each.title, 12, column), middle, height - 5, { anchor: 'middle' }),
    );
  });
}

export function bargauge({ panel, frames, width, height, about }) {
  const options = panel.options || {};
  const values = singleValues({ panel, frames, about });
  const lying = options.orientation === 'horizontal' || (options.orientation !== 'vertical' && height >= width);
  if (values[0].isMissing) return html`<div class="nothing">${values[0].shown.text}</div>`;
  return svg(width, height, (lying ? horizontal : vertical)(values, options, width, height));
}
