// Where panels stand: each on Grafana's grid of 24 columns; the panels of a folded row on the grid of that row.

const inside = ({ x, y, w, h }) => x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= 24;
const cover = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

export const cells = (dashboard) =>
  dashboard.panels.map((panel) => ({ ...panel.gridPos, title: panel.title, inner: panel.panels ?? [] }));

/** Sentences about panels that leave the grid or cover each other. */
export function overlaps(all) {
  const wrong = all.filter((one) => !inside(one)).map(({ title }) => `${title} leaves the grid`);
  all.forEach((one, i) => {
    for (const other of all.slice(i + 1)) if (cover(one, other)) wrong.push(`${one.title} covers ${other.title}`);
    wrong.push(...(one.inner?.length ? overlaps(one.inner.map((panel) => ({ ...panel.gridPos, title: panel.title }))) : []));
  });
  return wrong;
}
