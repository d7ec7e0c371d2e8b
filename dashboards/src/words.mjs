// The words that more than one dashboard uses, in English and Indonesian, and the value mappings made of them.
// A dashboard's own sentences stand where they are used, in both languages side by side: t('English', 'Indonesia').
import * as colours from './colours.mjs';

export const languages = ['id', 'en'];

/** The function that picks the language; a sentence that lacks one of the two is a programming error. */
export function speak(language) {
  return (english, indonesian) => {
    if (!english || !indonesian) throw new Error(`one language is missing: ${english ?? indonesian}`);
    return language === 'en' ? english : indonesian;
  };
}

export const causes = ['power', 'link', 'dns', 'host', 'service', 'certificate', 'content'];

export const causeWords = (t) => ({
  power: t('power cut', 'listrik padam'),
  link: t('link down', 'jaringan putus'),
  dns: t('name (DNS)', 'nama (DNS)'),
  host: t('machine', 'mesin/server'),
  service: t('service', 'layanan'),
  certificate: t('certificate', 'sertifikat'),
  content: t('content', 'isi halaman'),
});

export const severities = (t) => [
  ['critical', t('critical', 'kritis'), colours.down],
  ['warning', t('warning', 'waspada'), colours.caution],
  ['info', t('info', 'info'), colours.maintenance],
];

export const noData = (t) => t('no data', 'tidak ada data');
export const nothingBroken = (t) => t('nothing', 'tidak ada');

/** A value mapping: rows of [value, text, colour]. */
export function mapping(rows) {
  const options = {};
  rows.forEach(([value, text, color], index) => {
    options[String(value)] = color ? { color, index, text } : { index, text };
  });
  return [{ type: 'value', options }];
}

export const causeMapping = (t) =>
  mapping([
    ...causes.map((c) => [c, causeWords(t)[c], colours.cause[c]]),
    ['unknown', t('not known', 'belum diketahui'), colours.grey],
  ]);

/** siaga:office:state; smaller is worse, 4 is nobody's fault yet and therefore grey. */
export const officeStates = (t) => [
  [0, t('dark: power cut', 'gelap: listrik padam'), colours.dark],
  [1, t('power cut, on battery', 'listrik padam, pakai baterai'), colours.cause.power],
  [2, t('link down', 'jaringan putus'), colours.cause.link],
  [3, t('services down', 'ada layanan mati'), colours.down],
  [4, t('nobody can see', 'tidak terlihat'), colours.grey],
  [5, t('maintenance', 'pemeliharaan'), colours.maintenance],
  [6, t('all up', 'semua normal'), colours.up],
];

/** What a timeline's number means: 0 to 4 the state, 5 nobody saw, 10 and more down by whose fault. */
export const timelineStates = (t) => [
  [0, t('down', 'mati'), colours.down],
  [1, t('unknown', 'tidak diketahui'), colours.grey],
  [2, t('pending', 'menunggu'), colours.pale],
  [3, t('maintenance', 'pemeliharaan'), colours.maintenance],
  [4, t('up', 'normal'), colours.up],
  [5, t('could not see', 'tidak terlihat'), colours.grey],
  ...causes.map((c, i) => [10 + i, t('down: ', 'mati: ') + causeWords(t)[c], colours.cause[c]]),
];

export const mainsStates = (t) => [
  [0, t('mains off', 'listrik padam'), colours.cause.power],
  [1, t('unknown', 'tidak diketahui'), colours.grey],
  [4, t('mains on', 'listrik menyala'), colours.up],
  [5, t('could not see', 'tidak terlihat'), colours.grey],
];

export const coloured = (states) => ({ mappings: mapping(states) });
