// What a field is called: the name that a dashboard gave, the query's legend, or what tells it apart from its neighbours.
// The rules are Grafana's, since overrides and transformations find fields by these names.
import { seriesName } from './frames.mjs';

const labelText = (labels) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(', ');

// Labels whose values differ between the series; constant ones only repeat themselves.
function tellingLabels(all) {
  const keys = [...new Set(all.flatMap((each) => Object.keys(each.labels)))];
  return keys.filter((key) => new Set(all.map((each) => each.labels[key])).size > 1);
}

function calculated(field, frames) {
  if (field.type === 'time' || !Object.keys(field.labels).length) return field.name;
  const all = frames.flatMap((frame) => frame.fields).filter((each) => each.type !== 'time');
  const { __name__: metric, ...labels } = field.labels;
  if (all.length === 1) return Object.keys(labels).length === 1 ? Object.values(labels)[0] : seriesName(field.labels);
  const telling = tellingLabels(all).filter((key) => key in field.labels);
  if (telling.length === 1) return field.labels[telling[0]];
  const chosen = Object.fromEntries(telling.map((key) => [key, field.labels[key]]));
  return telling.length ? `{${labelText(chosen)}}` : metric || `{${labelText(labels)}}`;
}

export function nameOf(field, frames = []) {
  const { displayName, displayNameFromDS } = field.config;
  if (displayName) {
    return displayName
      .replace(/\$\{__(?:field|series)\.labels\.?(?:\["?([^"\]]+)"?\]|(\w+))\}/g, (_, a, b) => field.labels[a || b] ?? '')
      .replace(/\$\{__field\.name\}|\$\{__series\.name\}/g, displayNameFromDS || field.name);
  }
  return displayNameFromDS || calculated(field, frames);
}
