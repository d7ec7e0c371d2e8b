// The province on one screen. Answers in ten seconds: who is dark, since when, why, and what did not come back.
import { frame, variables } from './frame.mjs';
import { cell, now, over, stat, steps, table, timeline, width } from './panels.mjs';
import { geomap } from './map.mjs';
import * as colours from './colours.mjs';
import { causeMapping, mapping, noData, officeStates, severities } from './words.mjs';
import { downSeconds, of, officeState, ruled } from './queries.mjs';
import { barsByCause, broken, stuck, to, toRunbook } from './parts.mjs';

// Zero only where somebody answers: with all agents silent nobody knows, and the number is grey.
const zero = `0 * count(siaga:office:answers${ruled()} == 1)`;
const offices = (n) => `count(siaga:office:state${ruled()} == ${n}) or 0 * count(siaga:office:state${ruled()})`;
const links = `count(siaga_link_outage_active${of('cause="link"')} == 1) or ${zero}`;
const ownFault = `count(max by (office, target) (siaga_outage_active${of('cause!~"power|link"')}) == 1) or ${zero}`;
const notBack = `sum(max by (office, target) (siaga_target_not_recovered${of()})) or ${zero}`;
const certificates = `count(siaga:target:certificate_end_timestamp_seconds${ruled()} - time() < 14 * 86400) or ${zero}`;
const websites = (state) => `sum(siaga_target_state${of('kind="http"', `state="${state}"`)})`;
const answers = `sum(siaga:office:answers${ruled()})`;

function numbers(t, language) {
  const link = (name) => [to(language, name, t('Look closer', 'Lihat lebih dekat'), 'var-office=$__all')];
  const bad = (colour) => steps(colours.up, [1, colour]);
  const one = (id, title, about, expr, colour, more = {}) => [
    3,
    stat({ id, title, about, thresholds: bad(colour), none: noData(t), decimals: 0, ...more }, now(expr, '')),
  ];
  return [
    3,
    one(
      1,
      t('Dark: power cut', 'Gelap: listrik padam'),
      t(
        'Offices whose agent is silent and whose last word was that the mains went off.',
        'Kantor yang agennya diam dan kabar terakhirnya: listrik padam.',
      ),
      offices(0),
      colours.dark,
    ),
    one(
      2,
      t('On battery', 'Pakai baterai'),
      t('Offices without mains whose agent still answers.', 'Kantor tanpa listrik yang agennya masih menjawab.'),
      offices(1),
      colours.cause.power,
      { links: link('power') },
    ),
    one(
      3,
      t('Nobody can see', 'Tidak terlihat'),
      t(
        'Offices whose agent is silent without a sign of a power cut, or cannot see its services. Grey: nobody knows whether they are up.',
        'Kantor yang agennya diam tanpa tanda listrik padam, atau tidak dapat melihat layanannya. Abu-abu: tidak ada yang tahu keadaannya.',
      ),
      offices(4),
      colours.grey,
    ),
    one(
      4,
      t('Links down', 'Jaringan putus'),
      t(
        'Links that are down by their own fault, not because the power is off.',
        'Jaringan yang putus karena salahnya sendiri, bukan karena listrik.',
      ),
      links,
      colours.cause.link,
      { links: link('links') },
    ),
    one(
      5,
      t('Services down', 'Layanan mati'),
      t(
        'Services that are down by their own fault: neither power nor a link explains them.',
        'Layanan yang mati karena salahnya sendiri: bukan karena listrik atau jaringan.',
      ),
      ownFault,
      colours.down,
    ),
    one(
      6,
      t('Did not come back', 'Belum pulih'),
      t(
        'Services that are still down although power or the link returned.',
        'Layanan yang masih mati walaupun listrik atau jaringan sudah kembali.',
      ),
      notBack,
      colours.down,
    ),
    one(
      7,
      t('Certificates < 14 days', 'Sertifikat < 14 hari'),
      t('Certificates that end within 14 days, or have ended.', 'Sertifikat yang habis dalam 14 hari, atau sudah habis.'),
      certificates,
      colours.caution,
      { links: link('websites') },
    ),
    [
      3,
      stat(
        {
          id: 8,
          title: t('Answering · websites up', 'Menjawab · situs normal'),
          about: t(
            'How many agents answer, and how many websites are up. Silent agents are counted to the left.',
            'Berapa agen menjawab dan berapa situs normal. Agen yang diam dihitung di sebelah kiri.',
          ),
          thresholds: steps(colours.grey),
          none: noData(t),
          decimals: 0,
          colorMode: 'none',
          textMode: 'value_and_name',
        },
        now(answers, t('agents', 'agen')),
        now(websites('up'), t('websites', 'situs')),
      ),
    ],
  ];
}

const map = (t, language) =>
  geomap(
    {
      id: 11,
      title: t('Map', 'Peta'),
      about: t(
        'Every office where it stands, coloured by its worst trouble. Grey: silent, nobody can see.',
        'Setiap kantor di tempatnya, warnanya menurut gangguan terberat. Abu-abu: diam, tidak terlihat.',
      ),
      mappings: mapping(officeStates(t)),
      thresholds: officeThresholds(t),
      none: noData(t),
      links: [to(language, 'office', t('Look at this office', 'Lihat kantor ini'), 'var-office=${__data.fields.office}')],
    },
    now(`siaga:office:state${ruled()} * on (office) group_right () siaga:office:info${ruled()}`, ''),
  );

const officeThresholds = (t) => steps(...officeStates(t).map(([value, , colour], i) => (i === 0 ? colour : [value, colour])));

export default (t, language) =>
  frame({
    t,
    language,
    name: 'overview',
    title: t('Siaga: the province', 'Siaga: ikhtisar provinsi'),
    about: t(
      'Who is dark, since when, why, and what has not come back.',
      'Kantor mana yang gelap, sejak kapan, mengapa, dan apa yang belum pulih.',
    ),
    variables: [variables.datasource(t), variables.job(t), variables.offices(t), variables.runbooks(t)],
    time: ['now-24h', 'now'],
    refresh: '30s',
    rows: [
      numbers(t, language),
      [10, [16, broken(t, language, 10, 190)], [8, map(t, language)]],
      [
        6,
        [
          16,
          timeline(
            {
              id: 12,
              title: t('Offices over time', 'Keadaan kantor'),
              about: t(
                'The worst of each interval, so that a cut of half a minute is seen at thirty days, too. Grey: nobody could see.',
                'Keadaan terburuk tiap selang waktu, sehingga padam setengah menit pun terlihat pada tiga puluh hari. Abu-abu: tidak terlihat.',
              ),
              mappings: mapping(officeStates(t)),
              none: noData(t),
            },
            over(officeState(), '{{office}}'),
          ),
        ],
        [8, stuck(t, language, 13)],
      ],
      [
        5,
        [
          8,
          barsByCause(
            t,
            {
              id: 14,
              title: t('Service time lost, by cause', 'Waktu layanan hilang, menurut sebab'),
              about: t(
                'Settled down time of all services in the chosen time, by whose fault it was.',
                'Waktu mati semua layanan dalam waktu yang dipilih, menurut sebabnya.',
              ),
            },
            (cause) => downSeconds('cause', `cause="${cause}"`),
          ),
        ],
        [
          16,
          table(
            {
              id: 15,
              title: t('Alerts that fire', 'Peringatan yang aktif'),
              about: t(
                'Alerts that are firing now and are not explained by another, with the way to their runbooks.',
                'Peringatan yang sedang aktif, dengan jalan ke panduannya.',
              ),
              none: t('none', 'tidak ada'),
              columns: [
                ['severity', t('Severity', 'Tingkat'), { mappings: mapping(severities(t)), ...cell.background, ...width(110) }],
                ['alertname', t('Alert', 'Peringatan'), { links: [toRunbook(t, language)] }],
                ['office', t('Office', 'Kantor'), {}],
                ['cause', t('Cause', 'Sebab'), { mappings: causeMapping(t), noValue: '' }],
                ['Value', t('How many', 'Jumlah'), { decimals: 0, ...width(90) }],
                ['Time', null],
              ],
            },
            now(
              'count by (severity, alertname, office, cause) (ALERTS{alertstate="firing", severity!="none", office=~"$office"})',
              '',
            ),
          ),
        ],
      ],
    ],
  });
