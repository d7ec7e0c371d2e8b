// Stat: big numbers with a colour, and a small curve behind them where the dashboard asks for one.
import { readableOn, theme } from '../look/colors.mjs';
import { linear, runsOf } from '../look/scale.mjs';
import { group, rect, shape, svg, title, words } from '../look/shapes.mjs';
import { fitted, safeColor, sizeFor } from '../look/text.mjs';
import { singleValues } from './values.mjs';

// Columns and rows so that the boxes are as near to wide rectangles as the panel allows.
export function gridFor(count, width, height, orientation = 'auto') {
  if (orientation === 'horizontal') return { columns: 1, rows: count };
  if (orientation === 'vertical') return { columns: count, rows: 1 };
  const shapes = Array.from({ length: count }, (_, index) => ({ columns: index + 1, rows: Math.ceil(count / (index + 1)) }));
  const fit = ({ columns, rows }) => Math.min(width / columns / 2.4, height / rows);
  return shapes.reduce((best, each) => (fit(each) > fit(best) + 0.5 ? each : best));
}

function spark({ times, values, step }, { x, y, width, height }, color) {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length < 2) return '';
  const [low, high] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  const across = linear(times[0], times[times.length - 1], x, x + width);
  const up = linear(low, high === low ? low + 1 : high, y + height - 2, y + height * 0.55);
  return runsOf(times, values, step, false).map((run) => {
    const line = run.map(({ time, value }) => `${across(time).toFixed(1)},${up(value).toFixed(1)}`).join(' ');
    const [first, last] = [across(run[0].time), across(run[run.length - 1].time)].map((each) => each.toFixed(1));
    return [
      shape('polygon', { points: `${first},${y + height} ${line} ${last},${y + height}`, fill: color, opacity: 0.18 }),
      shape('polyline', { points: line, fill: 'none', stroke: color }),
    ];
  });
}

function colorsOf(each, mode) {
  const tint = safeColor(each.shown.color);
  const isFilled = mode === 'background' || mode === 'background_solid';
  return { tint, isFilled, ink: isFilled ? readableOn(tint) : mode === 'none' ? theme.text : tint };
}

function box(each, place, { options, named }) {
  const { x, y, width, height } = place;
  const { tint, isFilled, ink } = colorsOf(each, options.colorMode);
  const name = named ? each.title : '';
  const nameSize = options.text?.titleSize || Math.min(18, Math.max(11, height / 5));
  const head = name ? nameSize * 1.4 : 0;
  const room = height - head - 4;
  const size = options.text?.valueSize || sizeFor(each.shown.text, width - 16, room, Math.min(72, room * 0.8));
  const isCentred = !name || options.justifyMode === 'center';
  const [at, anchor] = isCentred ? [x + width / 2, 'middle'] : [x + 8, 'start'];
  return group(
    { dataValue: each.shown.text, dataColor: tint },
    title(`${each.title ? each.title + ': ' : ''}${each.shown.text}`),
    isFilled && rect(x, y, width, height, { rx: 3, fill: tint }),
    options.graphMode !== 'none' && each.spark && spark(each.spark, place, isFilled ? ink : tint),
    name &&
      words(fitted(name, nameSize, width - 12), at, y + nameSize * 1.15, {
        size: nameSize,
        fill: isFilled ? ink : theme.text,
        anchor,
      }),
    options.textMode !== 'none' &&
      words(fitted(each.shown.text, size, width - 8), at, y + head + room / 2 + size * 0.36 + 2, {
        size,
        fill: ink,
        anchor,
        fontWeight: 500,
      }),
  );
}

const nameAsValue = (each) => (each.isMissing ? each : { ...each, title: '', shown: { ...each.shown, text: each.title } });

export function stat({ panel, frames, width, height, about }) {
  const options = { colorMode: 'value', graphMode: 'area', textMode: 'auto', justifyMode: 'auto', ...panel.options };
  const found = singleValues({ panel, frames, about });
  const values = options.textMode === 'name' ? found.map(nameAsValue) : found;
  const named = options.textMode === 'value_and_name' || (options.textMode === 'auto' && values.length > 1);
  const { columns, rows } = gridFor(values.length, width, height, options.orientation);
  const [w, h] = [(width - 6 * (columns - 1)) / columns, (height - 6 * (rows - 1)) / rows];
  return svg(
    width,
    height,
    values.map((each, index) => {
      const place = { x: (index % columns) * (w + 6), y: Math.floor(index / columns) * (h + 6), width: w, height: h };
      return box(each, place, { options, named: named && each.title });
    }),
  );
}
