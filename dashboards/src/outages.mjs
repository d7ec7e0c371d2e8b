// The month for officials: availability, down time by cause, repairs, and how much was seen. The formula is the agent's own
// (up / (up + down), by time); the authoritative numbers are those of `siaga report`, which reads the journal.
import { frame, variables } from './frame.mjs';
import { cell, history, now, over, stat, steps, table, text, thresholds, width } from './panels.mjs';
import * as colours from './colours.mjs';
import { mapping, noData } from './words.mjs';
import { availability, availabilityWithPower, downSeconds, of, seconds, upSeconds } from './queries.mjs';
import { barsByCause, span } from './parts.mjs';

const service = 'office, target, kind';
const chosen = 'target=~"$target"';
const whole = (metric, ...m) => `sum(increase(${metric}${of(chosen, ...m)}[$__range]))`;
const up = whole('siaga_target_up_seconds_total');
const down = whole('siaga_target_down_seconds_total');
const maintained = (by) => seconds('siaga_target_maintenance_seconds_total', by, chosen);
const repair = (by) => `${downSeconds(by, chosen)} / (round(${seconds('siaga_outages_total', by, chosen)}) > 0)`;
const observed = (by, n) =>
  `clamp_max((${upSeconds(by, chosen)} + ${downSeconds(by, chosen)} + ${maintained(by)}) / ($__range_s * ${n}), 1)`;
const goal = `max by (office) (last_over_time(siaga_availability_target_ratio${of()}[$__range:$__interval]))`;
const mainsAndLinks = (mains, links) => `max by (office, what) (
  label_replace(${seconds(mains, 'office, mains')}, "what", "$1", "mains", "(.*)")
  or label_replace(${seconds(links, 'office, link')}, "what", "$1", "link", "(.*)")
)`;
const share = { unit: 'percentunit', decimals: 3, min: 0, max: 1 };
const daily = `sum by (office, target) (increase(siaga_target_up_seconds_total${of(chosen)}[1d] offset -1d))
  / (sum by (office, target) (increase(siaga_target_up_seconds_total${of(chosen)}[1d] offset -1d)) + sum by (office, target) (increase(siaga_target_down_seconds_total${of(chosen)}[1d] offset -1d)) > 0)`;

const rows = (t) =>
  table(
    {
      id: 10,
      title: t('Every service', 'Setiap layanan'),
      about: t(
        'Availability is time up / (up + down). Net leaves out the time that power cost. MTTR is down time per outage. Observed is the share of the chosen time that was seen at all.',
        'Ketersediaan adalah waktu normal / (normal + mati). Bersih: tanpa waktu karena listrik. MTTR: waktu mati per gangguan. Terlihat: bagian waktu yang benar-benar teramati.',
      ),
      none: noData(t),
      before: [{ id: 'merge', options: {} }],
      columns: [
        ['office', t('Office', 'Kantor'), {}],
        ['target', t('Service', 'Layanan'), {}],
        ['kind', t('Kind', 'Jenis'), width(70)],
        ['Value #A', t('Availability', 'Ketersediaan'), { ...share, ...width(120) }],
        ['Value #B', t('Net of power', 'Bersih tanpa listrik'), { ...share, ...width(140) }],
        [
          'Value #C',
          t('Objective', 'Sasaran'),
          {
            mappings: mapping([
              [0, t('missed', 'tidak tercapai'), colours.down],
              [1, t('met', 'tercapai'), colours.up],
            ]),
            ...thresholds(colours.down, [1, colours.up]),
            ...cell.background,
            ...width(120),
          },
        ],
        ['Value #D', t('Outages', 'Gangguan'), { decimals: 0, ...width(100) }],
        ['Value #E', t('Down', 'Mati'), { ...span, ...width(130) }],
        ['Value #F', 'MTTR', { ...span, noValue: '', ...width(110) }],
        ['Value #G', t('Maintenance', 'Pemeliharaan'), { ...span, ...width(130) }],
        [
          'Value #H',
          t('Observed', 'Terlihat'),
          { unit: 'percentunit', decimals: 1, ...thresholds(colours.caution, [0.99, colours.up]), ...cell.text, ...width(100) },
        ],
        ['Time', null],
      ],
      sort: [t('Availability', 'Ketersediaan'), false],
    },
    now(availability(service, chosen), ''),
    now(availabilityWithPower(service, chosen), ''),
    now(`${availability(service, chosen)} >= bool on (office) group_left () ${goal}`, ''),
    now(`round(${seconds('siaga_outages_total', service, chosen)})`, ''),
    now(downSeconds(service, chosen), ''),
    now(repair(service), ''),
    now(maintained(service), ''),
    now(observed(service, 1), ''),
  );

export default (t, language) => {
  const number = (id, title, about, expr, more) => [
    4,
    stat({ id, title, about, none: noData(t), colorMode: 'none', ...more }, now(expr, '')),
  ];
  return frame({
    t,
    language,
    name: 'outages',
    title: t('Siaga: monthly outages and SLA', 'Siaga: gangguan bulanan dan SLA'),
    about: t(
      'Availability, outages and their causes in the chosen time, this month unless chosen otherwise.',
      'Ketersediaan, gangguan, dan sebabnya dalam waktu yang dipilih; bulan ini kecuali dipilih lain.',
    ),
    variables: [
      variables.datasource(t),
      variables.job(t),
      variables.offices(t),
      variables.targets(t, 'siaga_target_info'),
      variables.runbooks(t),
    ],
    time: ['now/M', 'now'],
    refresh: '5m',
    rows: [
      [
        4,
        number(
          1,
          t('Availability', 'Ketersediaan'),
          t(
            'Time up / (up + down) of all chosen services together, a sum over a sum.',
            'Waktu normal / (normal + mati) semua layanan yang dipilih, jumlah dibagi jumlah.',
          ),
          `${up} / (${up} + ${down} > 0)`,
          share,
        ),
        number(
          2,
          t('Net of power', 'Bersih tanpa listrik'),
          t('The same without the time that power cost.', 'Sama, tanpa waktu yang hilang karena listrik.'),
          `${up} / (${up} + ${whole('siaga_target_down_seconds_total', 'cause!="power"')} > 0)`,
          share,
        ),
        number(
          3,
          t('Outages', 'Gangguan'),
          t('Outages whose cause is settled.', 'Gangguan yang sebabnya sudah dipastikan.'),
          `round(${whole('siaga_outages_total')})`,
          { decimals: 0 },
        ),
        number(
          4,
          t('Service time lost', 'Waktu layanan hilang'),
          t('Down time of all chosen services together.', 'Waktu mati semua layanan yang dipilih.'),
          down,
          { ...span },
        ),
        number(
          5,
          'MTTR',
          t('Mean time to repair: down time per outage.', 'Rata-rata waktu pulih: waktu mati per gangguan.'),
          `${down} / (round(${whole('siaga_outages_total')}) > 0)`,
          { ...span, none: t('no outages', 'tidak ada gangguan') },
        ),
        number(
          6,
          t('Observed', 'Terlihat'),
          t(
            'Share of the chosen time in which the agents saw whether services were up. The rest is unknown, neither good nor bad.',
            'Bagian waktu ketika agen dapat melihat keadaan layanan. Sisanya tidak diketahui: bukan baik, bukan buruk.',
          ),
          `clamp_max((${up} + ${down} + ${whole('siaga_target_maintenance_seconds_total')}) / ($__range_s * count(count by (office, target) (last_over_time(siaga_target_info${of(chosen)}[$__range:$__interval])))), 1)`,
          { unit: 'percentunit', decimals: 1, colorMode: 'value', thresholds: steps(colours.caution, [0.99, colours.up]) },
        ),
      ],
      [11, [24, rows(t)]],
      [
        9,
        [
          8,
          barsByCause(
            t,
            {
              id: 11,
              title: t('Time lost, by cause', 'Waktu hilang, menurut sebab'),
              about: t(
                'Down time of the chosen services by whose fault it was.',
                'Waktu mati layanan yang dipilih, menurut sebabnya.',
              ),
            },
            (cause) => whole('siaga_target_down_seconds_total', `cause="${cause}"`),
          ),
        ],
        [
          16,
          history(
            {
              id: 12,
              title: t('Every service, day by day', 'Setiap layanan, hari demi hari'),
              about: t(
                'Availability of each day. Grey: nothing was seen that day.',
                'Ketersediaan tiap hari. Abu-abu: hari itu tidak terlihat.',
              ),
              every: '1d',
              unit: 'percentunit',
              decimals: 1,
              min: 0,
              max: 1,
              values: 'never',
              none: noData(t),
              mappings: [
                {
                  type: 'special',
                  options: {
                    match: 'null+nan',
                    result: { text: t('could not see', 'tidak terlihat'), color: colours.grey, index: 0 },
                  },
                },
                {
                  type: 'value',
                  options: { '-1': { text: t('could not see', 'tidak terlihat'), color: colours.grey, index: 1 } },
                },
              ],
              thresholds: steps(colours.grey, [0, colours.down], [0.95, colours.caution], [0.999, colours.up]),
            },
            over(
              `${daily}\nor (-1 + 0 * max by (office, target) (last_over_time(siaga_target_info${of(chosen)}[$__range:$__interval] @ end())))`,
              '{{office}} {{target}}',
            ),
          ),
        ],
      ],
      [
        8,
        [
          16,
          table(
            {
              id: 13,
              title: t('Power and links', 'Listrik dan jaringan'),
              about: t('What the mains and the links cost, each by itself.', 'Gangguan listrik dan jaringan, masing-masing.'),
              none: noData(t),
              before: [{ id: 'merge', options: {} }],
              columns: [
                ['office', t('Office', 'Kantor'), {}],
                ['what', t('What', 'Apa'), {}],
                ['Value #A', t('Times', 'Kali'), { decimals: 0 }],
                ['Value #B', t('Down', 'Mati'), span],
                ['Time', null],
              ],
              sort: [t('Down', 'Mati'), true],
            },
            now(`round(${mainsAndLinks('siaga_mains_outages_total', 'siaga_link_outages_total')})`, ''),
            now(mainsAndLinks('siaga_mains_off_seconds_total', 'siaga_link_down_seconds_total'), ''),
          ),
        ],
        [
          8,
          text({
            id: 14,
            title: t('About these numbers', 'Tentang angka ini'),
            about: t('What the numbers are and are not.', 'Apa arti angka ini.'),
            content: t(
              'The authoritative numbers are those of `siaga report`, which reads the journal of each agent. This page computes the same formula from what Prometheus has: **availability = up / (up + down)**, weighted by time; neither maintenance nor time in which nobody could see lowers it, but *observed* shows how much was seen. Time counts once it is settled, about a minute after an outage begins.',
              'Angka resmi adalah angka dari `siaga report`, yang membaca catatan setiap agen. Halaman ini memakai rumus yang sama dari data Prometheus: **ketersediaan = normal / (normal + mati)**, menurut waktu; pemeliharaan dan waktu yang tidak terlihat tidak menguranginya, tetapi *terlihat* menunjukkan berapa yang teramati. Waktu dihitung setelah dipastikan, kira-kira satu menit setelah gangguan mulai.',
            ),
          }),
        ],
      ],
    ],
  });
};
