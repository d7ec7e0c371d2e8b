// Colours: Grafana's names for them, the series palette, thresholds and continuous schemes, all for the dark theme.
// Pure; what a value means is decided in display.mjs.
import { safeColor } from './text.mjs';

const shades = {
  red: ['#FFA6B0', '#FF7383', '#F2495C', '#E02F44', '#C4162A'],
  orange: ['#FFCB7D', '#FFB357', '#FF9830', '#FF780A', '#FA6400'],
  yellow: ['#FFF899', '#FFEE52', '#FADE2A', '#F2CC0C', '#E0B400'],
  green: ['#C8F2C2', '#96D98D', '#73BF69', '#56A64B', '#37872D'],
  blue: ['#C0D8FF', '#8AB8FF', '#5794F2', '#3274D9', '#1F60C4'],
  purple: ['#DEB6F2', '#CA95E5', '#B877D9', '#A352CC', '#8F3BB8'],
};
const prefixes = ['super-light-', 'light-', '', 'semi-dark-', 'dark-'];
const named = Object.fromEntries(
  Object.entries(shades).flatMap(([hue, list]) => list.map((color, index) => [prefixes[index] + hue, color])),
);

export const theme = { page: '#111217', panel: '#181b1f', border: '#2a2d33', text: '#ccccdc', faint: '#9a9bab', grid: '#2b2e35' };

export function color(name) {
  if (name === 'text') return theme.text;
  if (name === 'panel-bg') return theme.panel;
  return named[name] || safeColor(name);
}

const hues = ['green', 'yellow', 'blue', 'orange', 'red', 'purple'];
const palette = [...hues, ...hues.map((hue) => 'dark-' + hue), ...hues.map((hue) => 'super-light-' + hue)];
export const paletteColor = (index) => color(palette[index % palette.length]);

export const isThresholdPercentage = (thresholds) => thresholds?.mode === 'percentage';

// Steps are in order, the first stands for everything below: its value is null.
export function thresholdColor(thresholds, value, percent) {
  const steps = thresholds?.steps?.length
    ? thresholds.steps
    : [
        { value: null, color: 'green' },
        { value: 80, color: 'red' },
      ];
  const measured = isThresholdPercentage(thresholds) ? percent * 100 : value;
  const reached = steps.filter((step, index) => index === 0 || measured >= step.value);
  return color(reached[reached.length - 1].color);
}

const numbers = (hex) => [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
const toHex = (values) => '#' + values.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('');

export function between(stops, share) {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(place));
  const [from, to] = [numbers(color(stops[low])), numbers(color(stops[low + 1]))];
  return toHex(from.map((value, index) => value + (to[index] - value) * (place - low)));
}

const schemes = {
  'continuous-GrYlRd': ['green', 'yellow', 'red'],
  'continuous-RdYlGr': ['red', 'yellow', 'green'],
  'continuous-BlYlRd': ['dark-blue', 'super-light-yellow', 'dark-red'],
  'continuous-YlRd': ['super-light-yellow', 'dark-red'],
  'continuous-BlPu': ['blue', 'purple'],
  'continuous-YlBl': ['super-light-yellow', 'dark-blue'],
  'continuous-blues': ['#181b1f', 'dark-blue'],
  'continuous-reds': ['#181b1f', 'dark-red'],
  'continuous-greens': ['#181b1f', 'dark-green'],
  'continuous-purples': ['#181b1f', 'dark-purple'],
};

export function schemeColor(mode, share) {
  if (!Object.hasOwn(schemes, mode)) throw new Error(`colour mode "${mode}" is not known`);
  return between(schemes[mode], share);
}

// The colour of a heatmap's cell; the schemes that dashboards use, from dark to bright.
const heat = {
  Oranges: ['#2b1a10', '#c75300', '#ffb357', '#fff1dc'],
  Blues: ['#10182b', '#1f60c4', '#8ab8ff', '#eaf2ff'],
  Greens: ['#102015', '#37872d', '#96d98d', '#ebfbe8'],
  Reds: ['#2b1013', '#c4162a', '#ff7383', '#ffe6e9'],
  Purples: ['#1e1029', '#8f3bb8', '#ca95e5', '#f7ebfd'],
  Greys: ['#1c1c1f', '#5b5b60', '#a9a9ae', '#f2f2f4'],
  Spectral: ['#3288bd', '#abdda4', '#fee08b', '#d53e4f'],
  Turbo: ['#30123b', '#28bceb', '#a4fc3c', '#fb7e21', '#7a0403'],
  YlOrRd: ['#2b1013', '#bd0026', '#fd8d3c', '#ffffb2'],
  YlOrBr: ['#241307', '#993404', '#fe9929', '#ffffd4'],
  Viridis: ['#440154', '#31688e', '#35b779', '#fde725'],
};

export function heatColor(scheme, share, reverse = false) {
  if (!Object.hasOwn(heat, scheme)) throw new Error(`heatmap scheme "${scheme}" is not known`);
  return between(heat[scheme], reverse ? 1 - share : share);
}

// Black or white, whichever is easier to read on it.
export function readableOn(background) {
  const hex = /^#[0-9a-f]{6}$/i.test(background) ? background : '#8e8e93';
  const [r, g, b] = numbers(hex)
    .map((value) => value / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.32 ? '#111217' : '#ffffff';
}
