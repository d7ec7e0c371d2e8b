// Turns Prometheus' answers into frames: named columns of equal length, as Grafana's panels and transformations see them.
// A field is { name, type: 'time' | 'number' | 'string' | 'boolean', values, labels, config }. Pure.

export const field = (name, type, values, labels = {}, config = {}) => ({ name, type, values, labels, config });
export const lengthOf = (frame) => frame.fields[0]?.values.length ?? 0;
export const firstOf = (frame, type) => frame.fields.find((each) => each.type === type);

// Not-a-number and "no sample" are the same to every panel: nothing known.
export const numberFrom = (text) => {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
};

export function seriesName(metric) {
  const { __name__: name = '', ...labels } = metric;
  const inside = Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(', ');
  return inside || !name ? `${name}{${inside}}` : name;
}

function legend(metric, format) {
  if (!format || format === '__auto') return undefined;
  return format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => metric[label] ?? '');
}

function samplesOf(data) {
  if (data.resultType === 'scalar' || data.resultType === 'string') return [{ metric: {}, values: [data.result] }];
  return data.result.map(({ metric, value, values }) => ({ metric, values: values || [value] }));
}

const timeField = (times) => field('Time', 'time', times);

// One frame per series: time and value.
export function seriesFrames(data, { refId, legendFormat, step, query }) {
  return samplesOf(data).map(({ metric, values }) => ({
    refId,
    step,
    fields: [
      timeField(values.map(([time]) => time * 1000)),
      field(
        'Value',
        'number',
        values.map(([, value]) => numberFrom(value)),
        { ...metric },
        { displayNameFromDS: legend(metric, legendFormat) ?? autoName(metric, legendFormat, query) },
      ),
    ],
  }));
}

// Without a legend Grafana shows the labels; with "auto" it shows only what tells the series apart (see names.mjs); a series
// without any labels is called by its query.
function autoName(metric, format, query) {
  if (!Object.keys(metric).length) return query;
  return format === '__auto' ? undefined : seriesName(metric);
}

// One frame for all: time, every label, value. Where several queries have an answer the values are told apart by letters.
export function tableFrames(data, { refId, many, step }) {
  const series = samplesOf(data);
  if (!series.length) return [];
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const rows = series.flatMap(({ metric, values }) => values.map(([time, value]) => ({ metric, time: time * 1000, value })));
  return [
    {
      refId,
      step,
      fields: [
        timeField(rows.map((row) => row.time)),
        ...labels.map((label) =>
          field(
            label,
            'string',
            rows.map((row) => row.metric[label] ?? ''),
          ),
        ),
        field(
          many ? `Value #${refId}` : 'Value',
          'number',
          rows.map((row) => numberFrom(row.value)),
        ),
      ],
    },
  ];
}

// Buckets: one field per le, each without what the smaller ones hold already.
export function heatmapFrames(data, { refId, step }) {
  const series = samplesOf(data)
    .map(({ metric, values }) => ({
      le: numberFrom(metric.le ?? '+Inf'),
      values: new Map(values.map(([t, v]) => [t * 1000, numberFrom(v)])),
    }))
    .filter(({ le }) => le !== null)
    .sort((a, b) => a.le - b.le);
  if (!series.length) return [];
  const times = [...new Set(series.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b);
  const own = series.map(({ le, values }, index) => {
    const below = series[index - 1]?.values;
    const only = (time) => (values.has(time) ? Math.max(0, (values.get(time) ?? 0) - (below?.get(time) ?? 0)) : null);
    return field(le === Infinity ? '+Inf' : String(le), 'number', times.map(only), {}, { le });
  });
  return [{ refId, step, isHeatmap: true, fields: [field('Time', 'time', times), ...own] }];
}
