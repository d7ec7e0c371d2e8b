// Panels and links that more than one dashboard shows: what is broken now, what did not come back, down time by cause.
import * as panels from './panels.mjs';
import * as colours from './colours.mjs';
import { causeMapping, causes, causeWords, mapping, noData, nothingBroken } from './words.mjs';
import { brokenExplains, brokenFor, brokenSince, layers, stuckFor, stuckSince } from './broken.mjs';

const { bars, now, table, cell, width } = panels;

const uid = (name, language) => (language === 'id' ? `siaga-${name}` : `siaga-${name}-en`);
/** A link to another dashboard of the same language, keeping the time range. */
export const to = (language, name, title, values) => ({
  title,
  url: `/d/${uid(name, language)}?\${__url_time_range}&${values}&var-datasource=\${datasource}`,
});
/** For a cell that holds an office. */
const toOffice = (t, language) =>
  to(language, 'office', t('Look at this office', 'Lihat kantor ini'), 'var-office=${__value.raw}');
/** For a cell that holds the name of an alert. */
export const toRunbook = (t, language) => ({
  title: t('What to do', 'Apa yang harus dilakukan'),
  targetBlank: true,
  url: `\${runbooks}/\${__value.raw}?lang=${language}`,
});

export const moment = { unit: 'time:YYYY-MM-DD HH:mm' };
/** A cell that says no, or yes in a colour. */
export const yesNo = (t, colour) => ({
  mappings: mapping([
    [0, t('no', 'tidak'), colours.pale],
    [1, t('yes', 'ya'), colour],
  ]),
  ...cell.text,
  ...width(100),
});
/** Availability: missed in red, nearly met in yellow, met in green. */
export const levels = panels.thresholds(colours.down, [0.99, colours.caution], [0.999, colours.up]);
export const timeLeft = panels.thresholds(colours.down, [7 * 86400, colours.caution], [21 * 86400, colours.up]);
export const span = { unit: 'dtdhms', decimals: 0 };
const runbook = (t, language) => ({
  mappings: [{ type: 'regex', options: { pattern: '.+', result: { text: t('open', 'buka'), index: 0 } } }],
  links: [toRunbook(t, language)],
  ...width(75),
});

/** One bar for each cause, in its colour; `query(cause)` is its down time in seconds. */
export const barsByCause = (t, options, query) =>
  bars(
    {
      ...options,
      ...span,
      none: noData(t),
      overrides: causes.map((c) => [causeWords(t)[c], { color: { mode: 'fixed', fixedColor: colours.cause[c] } }]),
    },
    ...causes.map((c) => now(query(c), causeWords(t)[c])),
  );

export const broken = (t, language, id, officeWidth = 125) =>
  table(
    {
      id,
      title: t('What is broken now', 'Apa yang rusak sekarang'),
      about: t(
        'One row per cause. A power cut or a link that is down stands for the services that it explains; they are counted in its row. Services have rows of their own when the fault is theirs or when they did not come back.',
        'Satu baris untuk satu penyebab. Listrik padam atau jaringan putus mewakili layanan yang ikut mati; jumlahnya ada di baris itu. Layanan punya baris sendiri bila salahnya sendiri atau belum pulih.',
      ),
      none: nothingBroken(t),
      before: [
        { id: 'merge', options: {} },
        { id: 'sortBy', options: { sort: [{ field: 'rank' }] } },
      ],
      columns: [
        [
          'office',
          t('Office', 'Kantor'),
          {
            links: [toOffice(t, language)],
            ...width(officeWidth),
          },
        ],
        ['layer', t('Kind', 'Jenis'), { mappings: mapping(layers(t)), ...width(115) }],
        ['what', t('What', 'Apa'), {}],
        ['cause', t('Cause', 'Sebab'), { mappings: causeMapping(t), ...cell.background, ...width(125) }],
        ['Value #A', t('Since', 'Sejak'), { ...moment, ...width(130) }],
        ['Value #B', t('For', 'Selama'), { ...span, ...width(105) }],
        ['Value #C', t('Explains', 'Ikut mati'), { noValue: '', decimals: 0, ...width(75) }],
        ['alert', t('Runbook', 'Panduan'), runbook(t, language)],
        ['rank', null],
        ['Time', null],
      ],
    },
    now(brokenSince, ''),
    now(brokenFor, ''),
    now(brokenExplains, ''),
  );

export const stuck = (t, language, id) =>
  table(
    {
      id,
      title: t('What did not come back', 'Apa yang belum pulih'),
      about: t(
        'Power or the link is back for longer than the grace period, and these are still down. This is the list to work from.',
        'Listrik atau jaringan sudah kembali lebih lama dari batas waktu, tetapi layanan ini masih mati. Inilah daftar yang harus dikerjakan.',
      ),
      none: nothingBroken(t),
      before: [{ id: 'merge', options: {} }],
      columns: [
        [
          'office',
          t('Office', 'Kantor'),
          {
            links: [toOffice(t, language)],
            ...width(90),
          },
        ],
        ['target', t('Service', 'Layanan'), width(90)],
        ['after', t('After', 'Setelah'), { mappings: causeMapping(t), ...cell.background, ...width(100) }],
        ['Value #A', t('Down since', 'Mati sejak'), { ...moment, ...width(125) }],
        ['Value #B', t('For', 'Selama'), { ...span, ...width(90) }],
        ['kind', null],
        ['Time', null],
      ],
    },
    now(stuckSince, ''),
    now(stuckFor, ''),
  );
