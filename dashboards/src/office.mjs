// One office: the mains, the links and every service over the same time axis, so that cause and effect stand one below the other.
import { frame, variables } from './frame.mjs';
import { heatmap, lines, now, over, stat, steps, table, timeline, width } from './panels.mjs';
import * as colours from './colours.mjs';
import { coloured, mainsStates, noData, officeStates, timelineStates } from './words.mjs';
import { availability, countUnseen, dated, downSeconds, links, mains, of, officeState, ruled, targets } from './queries.mjs';
import { broken, moment, span, stuck, yesNo } from './parts.mjs';

function header(t) {
  const number = (id, title, about, expr, more) =>
    stat({ id, title, about, none: noData(t), decimals: 0, ...more }, now(expr, ''));
  const bad = (colour) => ({ thresholds: steps(colours.up, [1, colour]) });
  return [
    3,
    [
      5,
      stat(
        {
          id: 1,
          title: t('Office', 'Kantor'),
          about: t('Its name, as configured in its agent.', 'Namanya, seperti tertulis di agennya.'),
          textMode: 'name',
          colorMode: 'none',
          none: noData(t),
        },
        now(`max by (name, city) (siaga:office:info${ruled()})`, '{{name}} · {{city}}'),
      ),
    ],
    [
      4,
      number(
        2,
        t('State', 'Keadaan'),
        t('The worst trouble of the office now.', 'Gangguan terberat kantor ini sekarang.'),
        `max(siaga:office:state${ruled()})`,
        coloured(officeStates(t)),
      ),
    ],
    [
      3,
      number(
        3,
        t('In trouble since', 'Terganggu sejak'),
        t('Since when the office is in its present trouble.', 'Sejak kapan kantor ini terganggu.'),
        `1000 * max(siaga:office:since_timestamp_seconds${ruled()} and on (office) siaga:office:state${ruled()} < 5)`,
        { unit: 'dateTimeAsIsoNoDateIfToday', colorMode: 'none', none: t('not in trouble', 'tidak terganggu') },
      ),
    ],
    [
      3,
      number(
        4,
        t('Agent answered', 'Agen menjawab'),
        t('When the agent of this office last answered.', 'Kapan agen kantor ini terakhir menjawab.'),
        `1000 * max(siaga:office:last_answer_timestamp_seconds${ruled()})`,
        { unit: 'dateTimeAsIsoNoDateIfToday', colorMode: 'none' },
      ),
    ],
    [
      3,
      number(
        5,
        t('Services up', 'Layanan normal'),
        t('Services that are up now. No data: nobody can see.', 'Layanan yang normal sekarang. Tidak ada data: tidak terlihat.'),
        `sum(siaga_target_state${of('state="up"')})`,
        { colorMode: 'none' },
      ),
    ],
    [
      3,
      number(
        6,
        t('Services down', 'Layanan mati'),
        t('Services that are down now, for whatever cause.', 'Layanan yang mati sekarang, apa pun sebabnya.'),
        `sum(siaga_target_state${of('state="down"')})`,
        bad(colours.down),
      ),
    ],
    [
      3,
      number(
        7,
        t('Cannot be seen', 'Tidak terlihat'),
        t(
          'Services of which nobody can tell whether they are up: the agent cannot see them, or is silent itself.',
          'Layanan yang keadaannya tidak diketahui: agen tidak dapat melihatnya, atau agennya sendiri bisu.',
        ),
        countUnseen('siaga_target_state'),
        bad(colours.grey),
      ),
    ],
  ];
}

const outages = (t) =>
  table(
    {
      id: 14,
      title: t('Outages in the chosen time', 'Gangguan dalam waktu yang dipilih'),
      about: t(
        'For each service: how often it was down, how long in all, and its availability: time up / (up + down).',
        'Untuk setiap layanan: berapa kali mati, berapa lama seluruhnya, dan ketersediaannya: waktu normal / (normal + mati).',
      ),
      none: noData(t),
      before: [{ id: 'merge', options: {} }],
      columns: [
        ['target', t('Service', 'Layanan'), {}],
        ['kind', t('Kind', 'Jenis'), width(80)],
        ['Value #A', t('Times', 'Kali'), { decimals: 0, ...width(80) }],
        ['Value #B', t('Down', 'Mati'), { ...span, ...width(120) }],
        ['Value #C', t('Availability', 'Ketersediaan'), { unit: 'percentunit', decimals: 2, min: 0, max: 1, ...width(120) }],
        ['Value #E', t('Flapping', 'Naik-turun'), yesNo(t, colours.caution)],
        ['Value #D', t('Down since', 'Mati sejak'), { ...moment, noValue: '', ...width(150) }],
        ['office', null],
        ['Time', null],
      ],
      sort: [t('Down', 'Mati'), true],
    },
    now(`round(sum by (office, target, kind) (increase(siaga_outages_total${of()}[$__range])))`, ''),
    now(downSeconds('office, target, kind'), ''),
    now(availability('office, target, kind'), ''),
    now(`1000 * (${dated(`max by (office, target, kind) (siaga_outage_started_timestamp_seconds${of()})`)})`, ''),
    now(`max by (office, target, kind) (siaga_target_flapping${of()})`, ''),
  );

export default (t, language) =>
  frame({
    t,
    language,
    name: 'office',
    title: t('Siaga: one office', 'Siaga: kantor'),
    about: t(
      'Mains, links and services of one office over the same time.',
      'Listrik, jaringan, dan layanan satu kantor pada waktu yang sama.',
    ),
    variables: [variables.datasource(t), variables.job(t), variables.office(t), variables.runbooks(t)],
    time: ['now-24h', 'now'],
    rows: [
      header(t),
      [6, [14, broken(t, language, 10)], [10, stuck(t, language, 13)]],
      [
        3,
        [
          24,
          timeline(
            {
              id: 20,
              title: t('The office', 'Kantor'),
              about: t(
                'The office as the centre sees it. Grey: its agent is silent.',
                'Kantor seperti terlihat dari pusat. Abu-abu: agennya diam.',
              ),
              ...coloured(officeStates(t)),
              none: noData(t),
            },
            over(officeState(), '{{office}}'),
          ),
        ],
      ],
      [
        4,
        [
          24,
          timeline(
            {
              id: 21,
              title: t('Mains', 'Listrik'),
              about: t(
                'On, off or unknown, the worst of each interval. Grey: not known, or nobody saw.',
                'Menyala, padam, atau tidak diketahui; yang terburuk tiap selang. Abu-abu: tidak diketahui atau tidak terlihat.',
              ),
              ...coloured(mainsStates(t)),
              none: t('no mains configured', 'listrik tidak dipantau'),
            },
            over(mains(), '{{mains}}'),
          ),
        ],
      ],
      [
        4,
        [
          24,
          timeline(
            {
              id: 22,
              title: t('Links', 'Jaringan'),
              about: t(
                'The worst of each interval; down is coloured by whose fault it was.',
                'Yang terburuk tiap selang; warna menunjukkan penyebab.',
              ),
              ...coloured(timelineStates(t)),
              none: t('no link configured', 'jaringan tidak dipantau'),
            },
            over(links(), '{{link}}'),
          ),
        ],
      ],
      [
        10,
        [
          24,
          timeline(
            {
              id: 23,
              title: t('Services', 'Layanan'),
              about: t(
                'The worst of each interval; down is coloured by whose fault it was. Grey: nobody could see.',
                'Yang terburuk tiap selang; warna menunjukkan penyebab. Abu-abu: tidak terlihat.',
              ),
              ...coloured(timelineStates(t)),
              none: noData(t),
            },
            over(targets(), '{{target}}'),
          ),
        ],
      ],
      [
        9,
        [14, outages(t)],
        [
          10,
          lines(
            {
              id: 15,
              title: t('How long services take to answer', 'Waktu jawab layanan'),
              about: t('How long the last look at each service took.', 'Lama pemeriksaan terakhir tiap layanan.'),
              unit: 's',
              none: noData(t),
            },
            over(`max by (target) (probe_duration_seconds${of('kind!="ups"')})`, '{{target}}'),
          ),
        ],
      ],
      {
        fold: t('Link quality and power', 'Mutu jaringan dan listrik'),
        id: 30,
        rows: [
          [
            8,
            [
              8,
              heatmap(
                {
                  id: 31,
                  title: t('Round trips over the links', 'Waktu bolak-balik jaringan'),
                  about: t('Answered pings to the anchors of all links.', 'Ping yang dijawab oleh semua jangkar jaringan.'),
                  none: noData(t),
                },
                `sum by (le) (rate(siaga_link_anchor_response_duration_seconds_bucket${of()}[$__rate_interval]))`,
              ),
            ],
            [
              8,
              lines(
                {
                  id: 32,
                  title: t('Packets lost', 'Paket hilang'),
                  about: t(
                    'Share of the pings that were not answered: of links in five minutes, of pinged services in the last look.',
                    'Bagian ping yang tidak dijawab: jaringan dalam lima menit, layanan ping pada pemeriksaan terakhir.',
                  ),
                  unit: 'percentunit',
                  max: 1,
                  fill: 20,
                  none: noData(t),
                },
                over(`max by (link) (siaga_link_loss_ratio${of()})`, '{{link}}'),
                over(`max by (target) (siaga_ping_loss_ratio${of()})`, '{{target}}'),
              ),
            ],
            [
              8,
              lines(
                {
                  id: 33,
                  title: t('Battery', 'Baterai'),
                  about: t('Charge of the batteries of the UPSes.', 'Isi baterai UPS.'),
                  unit: 'percent',
                  max: 100,
                  none: t('no UPS', 'tidak ada UPS'),
                },
                over(`max by (ups) (network_ups_tools_battery_charge${of()})`, '{{ups}}'),
              ),
            ],
          ],
        ],
      },
    ],
  });
