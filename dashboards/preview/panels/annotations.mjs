// Marks on plots over time: a line for a moment, a coloured band at the foot for a span.
import { group, line, rect, title } from '../look/shapes.mjs';
import { safeColor } from '../look/text.mjs';

export function marks(annotations, x, top, bottom, { from, to }) {
  return annotations
    .filter((each) => each.end >= from && each.start <= to)
    .map((each) => {
      const [left, right] = [x(Math.max(each.start, from)), x(Math.min(each.end, to))];
      const tint = safeColor(each.color);
      const edge = (at) => line(at, top, at, bottom, { stroke: tint, strokeDasharray: '4 3', opacity: 0.9 });
      const band = right - left > 1 && [
        rect(left, top, right - left, bottom - top, { fill: tint, opacity: 0.06 }),
        rect(left, bottom, right - left, 4, { fill: tint }),
        edge(right),
      ];
      return group({}, title(each.title), edge(left), band);
    });
}
