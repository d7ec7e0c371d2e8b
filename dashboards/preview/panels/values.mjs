// The single values that stat, gauge and bar gauge show: one per field and calculation, or one per row.
import { regexFrom } from '../data/matchers.mjs';
import { reduced } from '../data/reduce.mjs';
import { firstOf } from '../data/frames.mjs';
import { missing } from '../look/display.mjs';

const isMeant = (wanted) => {
  if (!wanted) return (field) => field.type === 'number';
  const shape = regexFrom(wanted);
  return (field) => shape.test(field.title);
};

function ofRows(frame, fields, limit) {
  const names = frame.fields.filter((field) => field.type === 'string' && !fields.includes(field));
  const nameOf = (field, row) => {
    const words = names
      .map((each) => each.display(each.values[row]).text)
      .filter(Boolean)
      .join(' ');
    return words ? (fields.length > 1 ? `${words} ${field.title}` : words) : field.title;
  };
  return fields.flatMap((field) =>
    field.values.slice(0, limit).map((value, row) => ({ title: nameOf(field, row), field, shown: field.display(value) })),
  );
}

function ofCalculations(frame, fields, calcs) {
  const time = firstOf(frame, 'time');
  return fields.flatMap((field) =>
    calcs.map((calc) => ({
      title: calcs.length > 1 ? `${calc} ${field.title}` : field.title,
      field,
      shown: field.display(reduced(field.values, calc)),
      spark: time && field.type === 'number' ? { times: time.values, values: field.values, step: frame.step } : null,
    })),
  );
}

export function singleValues({ panel, frames, about }) {
  const { values, calcs, fields: wanted, limit = 25 } = panel.options?.reduceOptions || {};
  const found = frames.flatMap((frame) => {
    const fields = frame.fields.filter(isMeant(wanted)).filter((field) => !field.config.custom?.hideFrom?.viz);
    return values ? ofRows(frame, fields, limit) : ofCalculations(frame, fields, calcs?.length ? calcs : ['lastNotNull']);
  });
  if (found.length) return found.slice(0, Math.max(limit, 25));
  const shown = missing(panel.fieldConfig, about, about.words.noData);
  return [{ title: '', field: { config: panel.fieldConfig?.defaults || {}, range: { min: 0, max: 0 } }, shown, isMissing: true }];
}
