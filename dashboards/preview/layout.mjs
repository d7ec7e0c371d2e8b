// Where every panel stands: Grafana's grid of 24 columns, rows that fold, panels and rows that repeat for each value of a
// variable. Pure: a dashboard and its variables become boxes in pixels.
import { fixed } from './data/interpolate.mjs';

const columns = 24;
export const cellHeight = 30;
export const gap = 8;

const valuesOf = (variable) => {
  const values = [variable?.value ?? []].flat();
  return values.map((value) => ({ value, text: variable.options?.find((each) => each.value === value)?.text ?? value }));
};

const scoped = (name, { value, text }) => ({ [name]: { ...fixed(value), text } });

// Copies of one panel side by side (or below each other); `extra` is how far everything after it moves down.
function repeated(panel, variables) {
  const values = panel.repeat && variables[panel.repeat] ? valuesOf(variables[panel.repeat]) : null;
  if (!values) return { copies: [{ panel, scope: {} }], extra: 0 };
  const { x, y, w, h } = panel.gridPos;
  const isVertical = panel.repeatDirection === 'v';
  const perLine = isVertical ? 1 : Math.min(values.length, panel.maxPerRow || 4) || 1;
  const width = isVertical ? w : Math.floor(columns / perLine);
  const copies = values.map((value, index) => ({
    panel: {
      ...panel,
      gridPos: { x: isVertical ? x : (index % perLine) * width, y: y + Math.floor(index / perLine) * h, w: width, h },
    },
    scope: scoped(panel.repeat, value),
  }));
  return { copies, extra: Math.max(0, Math.ceil(values.length / perLine) - 1) * h };
}

// Splits the flat list into sections: what stands above the first row, then each row with what belongs to it.
function sections(panels) {
  const sorted = [...panels].sort((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x);
  return sorted.reduce(
    (all, panel) => {
      if (panel.type === 'row') return [...all, { row: panel, panels: panel.collapsed ? panel.panels || [] : [] }];
      all[all.length - 1].panels.push(panel);
      return all;
    },
    [{ row: null, panels: [] }],
  );
}

function sectionCopies({ row, panels }, variables) {
  const values = row?.repeat && variables[row.repeat] ? valuesOf(variables[row.repeat]) : null;
  return values ? values.map((value) => ({ row, panels, scope: scoped(row.repeat, value) })) : [{ row, panels, scope: {} }];
}

// Boxes in grid units. `expand` opens folded rows, which Grafana leaves shut until somebody clicks.
export function placed(dashboard, variables, { expand = false } = {}) {
  const boxes = [];
  let top = 0;
  for (const { row, panels, scope } of sections(dashboard.panels || []).flatMap((section) => sectionCopies(section, variables))) {
    const isShut = row?.collapsed && !expand;
    if (row)
      boxes.push({ panel: { ...row, gridPos: { x: 0, y: top++, w: columns, h: 1 } }, scope, hidden: isShut ? panels.length : 0 });
    if (isShut || !panels.length) continue;
    const first = Math.min(...panels.map(({ gridPos }) => gridPos.y));
    let pushed = 0;
    const here = [...panels]
      .sort((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x)
      .flatMap((panel) => {
        const moved = { ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y - first + top + pushed } };
        const { copies, extra } = repeated(moved, { ...variables, ...scope });
        pushed += extra;
        return copies.map((copy) => ({ panel: copy.panel, scope: { ...scope, ...copy.scope }, hidden: 0 }));
      });
    boxes.push(...here);
    top = Math.max(...here.map(({ panel }) => panel.gridPos.y + panel.gridPos.h));
  }
  return boxes;
}

export function inPixels({ x, y, w, h }, pageWidth) {
  const column = (pageWidth - gap * (columns - 1)) / columns;
  return {
    left: Math.round(x * (column + gap)),
    top: y * (cellHeight + gap),
    width: Math.round(w * (column + gap) - gap),
    height: h * (cellHeight + gap) - gap,
  };
}
