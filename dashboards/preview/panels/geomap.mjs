// Geomap without a map: the places on a graticule, to scale, with their names. There are no tiles, since nothing may be
// fetched from anywhere; what the points show (colour, size, name) is the dashboard's.
import { color, theme } from '../look/colors.mjs';
import { linear, ticks } from '../look/scale.mjs';
import { circle, group, line, path, rect, svg, tick, title, words } from '../look/shapes.mjs';
import { html, safeColor, textWidth } from '../look/text.mjs';
import { legendBox, legendList, listHeight } from '../look/legend.mjs';

const find = (frame, name) => (name ? frame.fields.find((field) => field.title === name || field.name === name) : undefined);
const guess = (frame, shape) => frame.fields.find((field) => shape.test(field.name) || shape.test(field.title));

function coordinates(frame, location = {}) {
  if (!['coords', 'auto', undefined].includes(location.mode)) throw new Error(`geomap location "${location.mode}" is not known`);
  const latitude = find(frame, location.latitude) || guess(frame, /^(lat|latitude)$/i);
  const longitude = find(frame, location.longitude) || guess(frame, /^(lon|lng|longitude)$/i);
  if (!latitude || !longitude) throw new Error('geomap: no fields with latitude and longitude');
  if (latitude.type !== 'number' || longitude.type !== 'number')
    throw new Error('geomap: latitude and longitude are text; they need convertFieldType');
  return { latitude, longitude };
}

function pointsOf(layer, frames) {
  if (layer.type !== 'markers') throw new Error(`geomap layer "${layer.type}" is not known`);
  const frame = frames.find(({ refId }) => !layer.filterData || refId === layer.filterData.options) || frames[0];
  if (!frame) return [];
  const { latitude, longitude } = coordinates(frame, layer.location);
  const style = layer.config?.style || {};
  const tinted = find(frame, style.color?.field);
  const named = find(frame, style.text?.field);
  const facts = (row) =>
    frame.fields
      .filter(({ type }) => type !== 'time')
      .map((field) => `${field.title}: ${field.display(field.values[row]).text}`)
      .join('\n');
  return latitude.values
    .map((lat, row) => {
      const state = tinted ? tinted.display(tinted.values[row]) : null;
      const name = named ? named.display(named.values[row]).text : style.text?.fixed || '';
      return {
        lat,
        lon: longitude.values[row],
        state,
        color: state?.color ?? color(style.color?.fixed || 'dark-green'),
        field: tinted,
        order: tinted?.values[row] ?? 99,
        name,
        size: style.size?.fixed ?? 5,
        facts: facts(row),
      };
    })
    .filter(({ lat, lon }) => Number.isFinite(lat) && Number.isFinite(lon));
}

// The part of the world that holds all points; one degree is as high as it is wide (near the equator it nearly is).
function view(points, width, height) {
  const [lats, lons] = [points.map(({ lat }) => lat), points.map(({ lon }) => lon)];
  const middle = (values) => (Math.min(...values) + Math.max(...values)) / 2;
  const spread = (values) => Math.max(...values) - Math.min(...values);
  const narrowing = Math.cos((middle(lats) * Math.PI) / 180);
  const degree = Math.min((height - 70) / Math.max(0.4, spread(lats)), (width - 190) / Math.max(0.4, spread(lons) * narrowing));
  const x = linear(0, 1, width / 2 - middle(lons) * degree * narrowing, width / 2 - (middle(lons) - 1) * degree * narrowing);
  const y = linear(0, 1, height / 2 + middle(lats) * degree, height / 2 + (middle(lats) - 1) * degree);
  return {
    x,
    y,
    degree,
    narrowing,
    lon: (px) => middle(lons) + (px - width / 2) / degree / narrowing,
    lat: (py) => middle(lats) - (py - height / 2) / degree,
  };
}

const side = (value, positive, negative) =>
  `${Number(Math.abs(value).toFixed(2))}°${value > 0 ? positive : value < 0 ? negative : ''}`;

function graticule({ x, y, lon, lat }, width, height, names) {
  const across = ticks(lon(0), lon(width), width / 110).map((value) => [
    line(x(value), 0, x(value), height),
    x(value) > 30 && x(value) < width - 30 && tick(side(value, names.east, names.west), x(value), height - 5),
  ]);
  const up = ticks(lat(height), lat(0), height / 70).map((value) => [
    line(0, y(value), width, y(value), value === 0 ? { stroke: theme.faint, strokeDasharray: '6 4' } : {}),
    y(value) > 14 &&
      y(value) < height - 22 &&
      tick(value === 0 ? names.equator : side(value, names.north, names.south), 4, y(value) - 3, 'start'),
  ]);
  return [across, up];
}

// Names stand right of their point, or where there is still room: nothing is written over anything else.
function placed(points, width, height) {
  const taken = points.map(({ px, py, size }) => [px - size, py - size, px + size, py + size]);
  const free = ([a, b, c, d]) =>
    a >= 0 && c <= width && b >= 0 && d <= height - 18 && taken.every(([e, f, g, h]) => c < e || a > g || d < f || b > h);
  return points.map((point) => {
    const wide = textWidth(point.name, 12);
    const places = [
      [point.size + 5, 4, 0],
      [-point.size - 5 - wide, 4, 0],
      [-wide / 2, -point.size - 5, 0],
      [-wide / 2, point.size + 14, 0],
      [point.size + 4, -10, 0],
      [point.size + 4, 18, 0],
      [-point.size - 4 - wide, -10, 0],
      [-point.size - 4 - wide, 18, 0],
    ];
    const found = places
      .map(([dx, dy]) => ({ x: point.px + dx, y: point.py + dy }))
      .find(({ x, y }) => free([x - 1, y - 11, x + wide + 1, y + 3]));
    if (found) taken.push([found.x - 1, found.y - 11, found.x + wide + 1, found.y + 3]);
    return { ...point, label: found };
  });
}

function scaleBar({ degree }, width) {
  const pixelsPerKm = degree / 111.32;
  const km = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((each) => each * pixelsPerKm > 60) || 1000;
  const long = km * pixelsPerKm;
  return [
    path(`M${(width - 14 - long).toFixed(1)} 12v6h${long.toFixed(1)}v-6`, { stroke: theme.faint, fill: 'none' }),
    tick(`${km} km`, width - 14 - long / 2, 14),
  ];
}

function marker({ px, py, size, color: tint, state, facts, name, label }) {
  return group(
    { dataState: state?.text || '', dataColor: safeColor(tint) },
    title(facts),
    circle(px, py, size, { fill: safeColor(tint), stroke: '#fff', fillOpacity: 0.95 }),
    label && words(name, label.x, label.y),
  );
}

function legendOf(points) {
  const seen = new Map(points.filter(({ state }) => state?.text).map((point) => [point.state.text, point]));
  return [...seen]
    .sort(([, a], [, b]) => a.order - b.order)
    .map(([name, { color: tint, field }]) => ({ name, color: tint, field }));
}

export function geomap({ panel, frames, width, height, about }) {
  const layers = (panel.options?.layers || []).filter(({ type }) => type !== 'default');
  const points = layers.flatMap((layer) => pointsOf(layer, frames));
  if (!points.length) return null;
  const entries = legendOf(points);
  const room = entries.length
    ? listHeight(
        entries.map(({ name }) => name),
        width,
      )
    : 0;
  const high = height - room;
  const seen = view(points, width, high);
  const drawn = placed(
    points.map((point) => ({ ...point, px: seen.x(point.lon), py: seen.y(point.lat) })),
    width,
    high,
  );
  const worstLast = [...drawn].sort((a, b) => b.order - a.order);
  return html`${svg(width, high, rect(0, 0, width, high, { fill: '#14171b' }), graticule(seen, width, high, about.words), scaleBar(seen, width), worstLast.map(marker))}${
    room > 0 && legendBox(legendList(entries), room)
  }`;
}
