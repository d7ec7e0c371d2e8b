// What a value looks like: text and colour from value mappings, thresholds, unit and decimals, after the overrides.
// It follows Grafana also where that is a trap: what has no value and no mapping gets the lowest threshold's colour.
import { nameOf } from '../data/names.mjs';
import { matcherOf, regexFrom } from '../data/matchers.mjs';
import { color, isThresholdPercentage, paletteColor, schemeColor, thresholdColor } from './colors.mjs';
import { isTimeUnit, unitWriter } from './units.mjs';

const isMissing = (value) => value === null || value === undefined;
const specials = {
  null: isMissing,
  nan: (value) => Number.isNaN(value),
  'null+nan': (value) => isMissing(value) || Number.isNaN(value),
  true: (value) => value === true,
  false: (value) => value === false,
  empty: (value) => value === '',
};

function mapped(mappings, value) {
  for (const { type, options } of mappings || []) {
    if (type === 'value' && !isMissing(value) && Object.hasOwn(options, String(value))) return options[String(value)];
    if (type === 'range' && !isMissing(value) && value !== '' && !Number.isNaN(Number(value))) {
      const inside = Number(value) >= (options.from ?? -Infinity) && Number(value) <= (options.to ?? Infinity);
      if (inside) return options.result;
    }
    if (type === 'regex' && typeof value === 'string' && regexFrom(options.pattern).test(value)) {
      const { text, ...result } = options.result;
      return { ...result, ...(isMissing(text) ? {} : { text: value.replace(regexFrom(options.pattern), text) }) };
    }
    if (type === 'special' && specials[options.match]?.(value)) return options.result;
    if (!['value', 'range', 'regex', 'special'].includes(type)) throw new Error(`value mapping "${type}" is not known`);
  }
  return null;
}

const toNumber = (value) => (isMissing(value) || value === '' ? NaN : Number(value));

function scaleColor(config, numeric, range, index) {
  const mode = config.color?.mode || 'thresholds';
  const low = config.min ?? range.min;
  const high = config.max ?? range.max;
  const share = high > low ? (numeric - low) / (high - low) : 0;
  if (mode === 'fixed' || mode === 'shades') return color(config.color.fixedColor || 'text');
  if (mode.startsWith('palette-classic')) return paletteColor(index);
  if (mode.startsWith('continuous-')) return schemeColor(mode, numeric === -Infinity ? 0 : share);
  if (mode !== 'thresholds') throw new Error(`colour mode "${mode}" is not known`);
  return thresholdColor(config.thresholds, numeric, isThresholdPercentage(config.thresholds) ? share : 0);
}

// A function of a value -> { text, color, numeric, isMapped }.
export function displayOf(field, { config, range = { min: 0, max: 100 }, index = 0, about }) {
  const isString = field.type === 'string' && (!config.unit || config.unit === 'string');
  const unit = field.type === 'time' && !isTimeUnit(config.unit) ? 'dateTimeAsSystem' : config.unit;
  const write = unitWriter(isString ? 'string' : unit);
  const isDate = isTimeUnit(unit);
  return (value) => {
    const found = mapped(config.mappings, value);
    const numeric = isString ? NaN : toNumber(value);
    let text = found?.text;
    let tint = found?.color ? color(found.color) : undefined;
    if (!Number.isNaN(numeric)) {
      if (isMissing(text))
        text =
          typeof value === 'boolean' ? (value ? 'True' : 'False') : write(numeric, isDate ? undefined : config.decimals, about);
      tint ??= scaleColor(config, numeric, range, index);
    }
    if (isMissing(text) || text === '') text = isMissing(value) || value === '' ? (config.noValue ?? '') : String(value);
    return {
      text,
      color: tint ?? scaleColor(config, -Infinity, range, index),
      numeric,
      isMapped: Boolean(found),
      hasOwnColor: Boolean(found?.color),
    };
  };
}

const deepSet = (target, path, value) => {
  const [first, ...rest] = path;
  return { ...target, [first]: rest.length ? deepSet(target[first] || {}, rest, value) : value };
};

function configOf(field, frame, frames, { defaults = {}, overrides = [] }) {
  const own = { ...defaults, ...field.config, custom: { ...defaults.custom, ...field.config.custom } };
  return overrides.reduce((config, { matcher, properties = [] }) => {
    if (!matcherOf(matcher)({ ...field, config: { ...field.config } }, frame, frames)) return config;
    return properties.reduce((before, { id, value }) => deepSet(before, id.split('.'), value), config);
  }, own);
}

function rangeOf(frames) {
  const values = frames
    .flatMap((frame) => frame.fields)
    .filter((field) => field.type === 'number')
    .flatMap((field) => field.values)
    .filter((value) => Number.isFinite(value));
  return values.length
    ? { min: values.reduce((a, b) => Math.min(a, b)), max: values.reduce((a, b) => Math.max(a, b)) }
    : { min: 0, max: 100 };
}

// Gives every field its settled config, its name to show and its display function.
export function dressed(frames, fieldConfig = {}, about) {
  const range = rangeOf(frames);
  let index = 0;
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => {
      const config = configOf(field, frame, frames, fieldConfig);
      const place = field.type === 'number' ? index++ : 0;
      const title = nameOf({ ...field, config }, frames);
      const limits = { min: config.min ?? range.min, max: config.max ?? range.max };
      return {
        ...field,
        config,
        title,
        range: limits,
        index: place,
        display: displayOf(field, { config, range, index: place, about }),
      };
    }),
  }));
}

// How "nothing" looks in a panel without any data.
export function missing(fieldConfig, about, fallback) {
  const config = fieldConfig?.defaults || {};
  const shown = displayOf({ type: 'other' }, { config, about })(null);
  return { ...shown, text: shown.text || fallback };
}
