// Power: the mains as it was, the cuts counted, and the batteries that carry the office through them.
import { frame, variables } from './frame.mjs';
import { cell, lines, now, over, stat, steps, table, thresholds, timeline, width } from './panels.mjs';
import * as colours from './colours.mjs';
import { coloured, mainsStates, mapping, noData } from './words.mjs';
import { countUnseen, dated, mains, of, ruled, seconds } from './queries.mjs';
import { moment, span, yesNo } from './parts.mjs';

const supply = 'office, mains';
const words = (t) => [
  ['on', t('on', 'menyala'), colours.up],
  ['off', t('off', 'padam'), colours.cause.power],
  ['unknown', t('unknown', 'tidak diketahui'), colours.grey],
];

const supplies = (t) =>
  table(
    {
      id: 10,
      title: t('Mains', 'Listrik'),
      about: t(
        'State now, and cuts in the chosen time. Momentary: up to 5 minutes. Longest: as long as the agent saw it.',
        'Keadaan sekarang, dan pemadaman dalam waktu yang dipilih. Sesaat: paling lama 5 menit. Terlama: selama terlihat oleh agen.',
      ),
      none: noData(t),
      before: [{ id: 'merge', options: {} }],
      columns: [
        ['office', t('Office', 'Kantor'), {}],
        ['mains', t('Mains', 'Listrik'), {}],
        ['state', t('State', 'Keadaan'), { mappings: mapping(words(t)), ...cell.background, ...width(130) }],
        ['Value #B', t('Off since', 'Padam sejak'), { ...moment, noValue: '', ...width(130) }],
        ['Value #C', t('Cuts', 'Kali'), { decimals: 0, ...width(65) }],
        ['Value #D', t('Momentary', 'Sesaat'), { decimals: 0, ...width(90) }],
        ['Value #E', t('Off in all', 'Lama padam'), { ...span, ...width(115) }],
        ['Value #G', t('Longest', 'Terlama'), { ...span, noValue: '', ...width(110) }],
        ['Value #F', t('Brown-outs', 'Tegangan turun'), { decimals: 0, ...width(120) }],
        ['Value #A', null],
        ['Time', null],
      ],
      sort: [t('Off in all', 'Lama padam'), true],
    },
    now(`max by (office, mains, state) (siaga_mains_state${of()}) == 1`, ''),
    now(`1000 * (${dated(`max by (${supply}) (siaga_mains_outage_started_timestamp_seconds${of()})`)})`, ''),
    now(`round(${seconds('siaga_mains_outages_total', supply)})`, ''),
    now(`round(${seconds('siaga_mains_cuts_total', supply, 'length="momentary"')})`, ''),
    now(seconds('siaga_mains_off_seconds_total', supply), ''),
    now(`round(${seconds('siaga_mains_brownouts_total', supply)})`, ''),
    now(
      `max by (${supply}) (max_over_time((time() - siaga_mains_outage_started_timestamp_seconds${of()} and on (office) siaga_clock_trusted${of()} == 1)[$__range:1m]))`,
      '',
    ),
  );

const batteries = (t) =>
  table(
    {
      id: 11,
      title: t('UPSes', 'UPS'),
      about: t(
        'Charge, runtime and load, and whether the battery is low or asks to be replaced. Grey without a reading.',
        'Isi, daya tahan, dan beban, serta apakah baterai lemah atau minta diganti. Kosong bila tidak terbaca.',
      ),
      none: t('no UPS', 'tidak ada UPS'),
      before: [{ id: 'merge', options: {} }],
      columns: [
        ['office', t('Office', 'Kantor'), {}],
        ['ups', 'UPS', {}],
        [
          'Value #A',
          t('Charge', 'Isi'),
          {
            unit: 'percent',
            decimals: 0,
            min: 0,
            max: 100,
            ...thresholds(colours.down, [20, colours.caution], [60, colours.up]),
            ...cell.gauge,
            ...width(150),
          },
        ],
        [
          'Value #B',
          t('Will last', 'Tahan'),
          { ...span, ...thresholds(colours.down, [300, colours.caution], [900, colours.up]), ...cell.text, ...width(110) },
        ],
        [
          'Value #C',
          t('Load', 'Beban'),
          {
            unit: 'percent',
            decimals: 0,
            ...thresholds(colours.up, [80, colours.caution], [100, colours.down]),
            ...cell.text,
            ...width(80),
          },
        ],
        ['Value #D', t('Low', 'Lemah'), yesNo(t, colours.down)],
        ['Value #E', t('Replace', 'Ganti'), yesNo(t, colours.down)],
        ['Value #F', t('Reading is old by', 'Umur bacaan'), { unit: 's', decimals: 0, ...width(130) }],
        ['Time', null],
      ],
    },
    ...[
      'network_ups_tools_battery_charge',
      'siaga_ups_runtime_seconds',
      'network_ups_tools_ups_load',
      'siaga_ups_battery_low',
      'siaga_ups_battery_needs_replacement',
      'siaga_ups_data_age_seconds',
    ].map((metric) => now(`max by (office, ups) (${metric}${of()})`, '')),
  );

export default (t, language) =>
  frame({
    t,
    language,
    name: 'power',
    title: t('Siaga: power', 'Siaga: listrik'),
    about: t('Mains, power cuts and batteries of the chosen offices.', 'Listrik, pemadaman, dan baterai kantor yang dipilih.'),
    variables: [variables.datasource(t), variables.job(t), variables.offices(t), variables.runbooks(t)],
    time: ['now-7d', 'now'],
    rows: [
      [
        3,
        [
          4,
          stat(
            {
              id: 1,
              title: t('Offices without mains', 'Kantor tanpa listrik'),
              about: t('Now, by the last word of each office.', 'Sekarang, menurut kabar terakhir tiap kantor.'),
              decimals: 0,
              none: noData(t),
              thresholds: steps(colours.up, [1, colours.cause.power]),
            },
            now(`sum(siaga:office:mains_off${ruled()})`, ''),
          ),
        ],
        [
          4,
          stat(
            {
              id: 2,
              title: t('Mains not known', 'Listrik tidak diketahui'),
              about: t('Mains of which no sensor tells anything now.', 'Listrik yang tidak diketahui keadaannya sekarang.'),
              decimals: 0,
              none: noData(t),
              thresholds: steps(colours.up, [1, colours.grey]),
            },
            now(countUnseen('siaga_mains_state'), ''),
          ),
        ],
        [
          4,
          stat(
            {
              id: 3,
              title: t('Power cuts', 'Kali padam'),
              about: t('In the chosen time, of all chosen offices.', 'Dalam waktu yang dipilih, semua kantor yang dipilih.'),
              decimals: 0,
              none: noData(t),
              colorMode: 'none',
            },
            now(`round(sum(increase(siaga_mains_outages_total${of()}[$__range])))`, ''),
          ),
        ],
        [
          4,
          stat(
            {
              id: 4,
              title: t('Without mains in all', 'Lama padam seluruhnya'),
              about: t(
                'Settled time without mains in the chosen time, of all chosen offices together.',
                'Waktu tanpa listrik dalam waktu yang dipilih, semua kantor dijumlahkan.',
              ),
              unit: 'dtdhms',
              decimals: 0,
              none: noData(t),
              colorMode: 'none',
            },
            now(`sum(increase(siaga_mains_off_seconds_total${of()}[$__range]))`, ''),
          ),
        ],
        [
          4,
          stat(
            {
              id: 5,
              title: t('Batteries to replace', 'Baterai perlu diganti'),
              about: t('UPSes that ask for a new battery.', 'UPS yang minta baterai baru.'),
              decimals: 0,
              none: t('no UPS', 'tidak ada UPS'),
              thresholds: steps(colours.up, [1, colours.caution]),
            },
            now(`sum(siaga_ups_battery_needs_replacement${of()})`, ''),
          ),
        ],
        [
          4,
          stat(
            {
              id: 6,
              title: t('Service time lost to power', 'Waktu layanan hilang karena listrik'),
              about: t('Settled down time of all services that power explains.', 'Waktu mati semua layanan karena listrik.'),
              unit: 'dtdhms',
              decimals: 0,
              none: noData(t),
              colorMode: 'none',
            },
            now(`sum(increase(siaga_target_down_seconds_total${of('cause="power"')}[$__range]))`, ''),
          ),
        ],
      ],
      [
        8,
        [
          24,
          timeline(
            {
              id: 9,
              title: t('Mains over time', 'Keadaan listrik'),
              about: t(
                'The worst of each interval. Grey: not known, or nobody saw.',
                'Yang terburuk tiap selang. Abu-abu: tidak diketahui atau tidak terlihat.',
              ),
              ...coloured(mainsStates(t)),
              none: noData(t),
            },
            over(mains(), '{{office}} {{mains}}'),
          ),
        ],
      ],
      [7, [24, supplies(t)]],
      [7, [24, batteries(t)]],
      [
        8,
        [
          8,
          lines(
            {
              id: 12,
              title: t('Battery charge', 'Isi baterai'),
              about: t('In percent, the lowest of each interval.', 'Dalam persen, yang terendah tiap selang.'),
              unit: 'percent',
              max: 100,
              none: t('no UPS', 'tidak ada UPS'),
            },
            over(
              `min by (office, ups) (min_over_time(network_ups_tools_battery_charge${of()}[$__interval]))`,
              '{{office}} {{ups}}',
            ),
          ),
        ],
        [
          8,
          lines(
            {
              id: 13,
              title: t('How long the batteries will last', 'Daya tahan baterai'),
              about: t('As the UPSes tell.', 'Menurut UPS.'),
              unit: 's',
              none: t('no UPS', 'tidak ada UPS'),
            },
            over(`min by (office, ups) (siaga_ups_runtime_seconds${of()})`, '{{office}} {{ups}}'),
          ),
        ],
        [
          8,
          lines(
            {
              id: 14,
              title: t('Load', 'Beban'),
              about: t('In percent of what the UPS can feed.', 'Dalam persen kemampuan UPS.'),
              unit: 'percent',
              none: t('no UPS', 'tidak ada UPS'),
            },
            over(`max by (office, ups) (network_ups_tools_ups_load${of()})`, '{{office}} {{ups}}'),
          ),
        ],
      ],
      [
        8,
        [
          12,
          lines(
            {
              id: 15,
              title: t('Mains voltage', 'Tegangan listrik'),
              about: t(
                'Lowest and highest of each interval: sags and swells.',
                'Terendah dan tertinggi tiap selang: turun dan naiknya tegangan.',
              ),
              unit: 'volt',
              softMin: 180,
              none: t('not told', 'tidak diberitahu'),
            },
            over(
              `min by (office, ups) (min_over_time(network_ups_tools_input_voltage${of()}[$__interval]))`,
              t('low ', 'rendah ') + '{{office}} {{ups}}',
            ),
            over(
              `max by (office, ups) (max_over_time(network_ups_tools_input_voltage${of()}[$__interval]))`,
              t('high ', 'tinggi ') + '{{office}} {{ups}}',
            ),
          ),
        ],
        [
          12,
          lines(
            {
              id: 16,
              title: t('Services lost together with the mains', 'Layanan yang mati bersama listrik'),
              about: t(
                'Services that are down because of power, beside offices without mains.',
                'Layanan yang mati karena listrik, bersama kantor tanpa listrik.',
              ),
              unit: 'none',
              decimals: 0,
              steps: true,
              fill: 20,
              none: noData(t),
            },
            over(
              `sum(max_over_time(siaga_outage_active${of('cause="power"')}[$__interval]))`,
              t('services down by power', 'layanan mati karena listrik'),
            ),
            over(
              `sum(max_over_time(siaga:office:mains_off${ruled()}[$__interval]))`,
              t('offices without mains', 'kantor tanpa listrik'),
            ),
          ),
        ],
      ],
    ],
  });
