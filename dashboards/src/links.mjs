// Links: state, loss, round trips and where the path breaks; the main one and the backup beside each other.
import { frame, variables } from './frame.mjs';
import { cell, heatmap, lines, now, over, stat, steps, table, timeline, width } from './panels.mjs';
import * as colours from './colours.mjs';
import { causeMapping, coloured, mapping, noData, timelineStates } from './words.mjs';
import { countUnseen, dated, links, of, seconds } from './queries.mjs';
import { moment, span } from './parts.mjs';

const link = 'office, link';
const errors = (t) => ({
  receive_errors: t('damaged on arrival', 'rusak saat diterima'),
  transmit_errors: t('not sent', 'gagal dikirim'),
  receive_dropped: t('dropped on arrival', 'dibuang saat diterima'),
  transmit_dropped: t('dropped before sending', 'dibuang sebelum dikirim'),
});
const breaks = (t) => [
  ['none', t('nowhere', 'tidak putus'), colours.up],
  ['interface', t('own interface', 'antarmuka sendiri'), colours.down],
  ['gateway', t('gateway', 'gateway'), colours.cause.host],
  ['isp', t('provider', 'penyedia (ISP)'), colours.cause.link],
  ['beyond', t('beyond the provider', 'di luar penyedia'), colours.cause.dns],
];
const states = ['down', 'unknown', 'pending', 'maintenance', 'up'];
const stateNow = states
  .map((state, code) => `(${code} + 0 * (max by (${link}) (siaga_link_state${of(`state="${state}"`)}) == 1))`)
  .join('\nor ');

const all = (t) =>
  table(
    {
      id: 10,
      title: t('All links', 'Semua jaringan'),
      about: t(
        'State, cause, where the path breaks, anchors that answer, loss and round trips in five minutes, outages in the chosen time.',
        'Keadaan, sebab, letak putusnya, jangkar yang menjawab, paket hilang dan waktu bolak-balik dalam lima menit, gangguan dalam waktu yang dipilih.',
      ),
      none: noData(t),
      before: [{ id: 'merge', options: {} }],
      columns: [
        ['office', t('Office', 'Kantor'), {}],
        ['link', t('Link', 'Jaringan'), {}],
        ['Value #A', t('State', 'Keadaan'), { mappings: mapping(timelineStates(t)), ...cell.background, ...width(120) }],
        ['cause', t('Cause', 'Sebab'), { mappings: causeMapping(t), ...cell.background, noValue: '', ...width(120) }],
        ['at', t('Breaks at', 'Putus di'), { mappings: mapping(breaks(t)), ...cell.text, ...width(160) }],
        [
          'Value #J',
          t('Degraded', 'Menurun'),
          {
            mappings: mapping([
              ['1', t('loses packets', 'paket hilang'), colours.cause.link],
              ['0', t('no', 'tidak'), colours.up],
            ]),
            ...cell.text,
            ...width(120),
          },
        ],
        ['Value #D', t('Down since', 'Putus sejak'), { ...moment, noValue: '', ...width(150) }],
        ['Value #E', t('Anchors', 'Jangkar'), { unit: 'percentunit', decimals: 0, ...width(110) }],
        ['Value #F', t('Loss', 'Hilang'), { unit: 'percentunit', decimals: 1, ...width(110) }],
        ['Value #G', t('Round trip p95', 'Bolak-balik p95'), { unit: 's', decimals: 1, ...width(120) }],
        ['Value #H', t('Times down', 'Kali putus'), { decimals: 0, ...width(100) }],
        ['Value #I', t('Down', 'Putus'), { ...span, ...width(120) }],
        ['Value #B', null],
        ['Value #C', null],
        ['Time', null],
      ],
      sort: [t('State', 'Keadaan'), false],
    },
    now(stateNow, ''),
    now(`max by (office, link, cause) (siaga_link_outage_active${of()}) == 1`, ''),
    now(`max by (office, link, at) (siaga_link_path_break${of()}) == 1`, ''),
    now(`1000 * (${dated(`max by (${link}) (siaga_link_outage_started_timestamp_seconds${of()})`)})`, ''),
    now(`max by (${link}) (siaga_link_anchors_up${of()}) / (max by (${link}) (siaga_link_anchors${of()}) > 0)`, ''),
    now(`max by (${link}) (siaga_link_loss_ratio${of()})`, ''),
    now(`max by (${link}) (siaga_link_rtt_seconds${of('stat="p95"')})`, ''),
    now(`round(${seconds('siaga_link_outages_total', link)})`, ''),
    now(seconds('siaga_link_down_seconds_total', link), ''),
    now(`max by (${link}) (siaga_link_degraded${of()})`, ''),
  );

export default (t, language) =>
  frame({
    t,
    language,
    name: 'links',
    title: t('Siaga: links', 'Siaga: jaringan'),
    about: t(
      'Links of the chosen offices: state, whose fault, loss, round trips, where the path breaks.',
      'Jaringan kantor yang dipilih: keadaan, penyebab, paket hilang, waktu bolak-balik, letak putusnya.',
    ),
    variables: [variables.datasource(t), variables.job(t), variables.offices(t), variables.runbooks(t)],
    time: ['now-24h', 'now'],
    rows: [
      [
        3,
        ...[
          ['up', t('Up', 'Normal'), steps(colours.grey, [1, colours.up])],
          ['down', t('Down', 'Putus'), steps(colours.up, [1, colours.cause.link])],
          ['unknown', t('Cannot be seen', 'Tidak terlihat'), steps(colours.up, [1, colours.grey])],
        ].map(([state, title, th], i) => [
          6,
          stat(
            {
              id: 1 + i,
              title,
              about: t('How many links are in this state now.', 'Berapa jaringan dalam keadaan ini sekarang.'),
              decimals: 0,
              none: noData(t),
              thresholds: th,
            },
            now(state === 'unknown' ? countUnseen('siaga_link_state') : `sum(siaga_link_state${of(`state="${state}"`)})`, ''),
          ),
        ]),
        [
          6,
          stat(
            {
              id: 4,
              title: t('Down by power', 'Putus karena listrik'),
              about: t(
                'Links that are down because the mains is off: no fault of the provider.',
                'Jaringan yang putus karena listrik padam: bukan salah penyedia.',
              ),
              decimals: 0,
              none: noData(t),
              thresholds: steps(colours.up, [1, colours.cause.power]),
            },
            now(`sum(siaga_link_outage_active${of('cause="power"')})`, ''),
          ),
        ],
      ],
      [8, [24, all(t)]],
      [
        7,
        [
          24,
          timeline(
            {
              id: 11,
              title: t('Links over time', 'Keadaan jaringan'),
              about: t(
                'The worst of each interval; down is coloured by whose fault it was. Grey: nobody could see.',
                'Yang terburuk tiap selang; warna menunjukkan penyebab. Abu-abu: tidak terlihat.',
              ),
              ...coloured(timelineStates(t)),
              none: noData(t),
            },
            over(links(), '{{office}} {{link}}'),
          ),
        ],
      ],
      [
        8,
        [
          12,
          heatmap(
            {
              id: 12,
              title: t('Round trips to the anchors', 'Waktu bolak-balik ke jangkar'),
              about: t(
                'How many pings took how long; darker is more.',
                'Berapa ping memakan berapa lama; makin gelap makin banyak.',
              ),
              none: noData(t),
            },
            `sum by (le) (rate(siaga_link_anchor_response_duration_seconds_bucket${of()}[$__rate_interval]))`,
          ),
        ],
        [
          12,
          lines(
            {
              id: 13,
              title: t('Packets lost', 'Paket hilang'),
              about: t(
                'Pings to the anchors that were not answered: 1 - answers / requests.',
                'Ping ke jangkar yang tidak dijawab: 1 - jawaban / permintaan.',
              ),
              unit: 'percentunit',
              max: 1,
              fill: 20,
              none: noData(t),
            },
            over(
              `1 - sum by (${link}) (rate(siaga_link_anchor_response_duration_seconds_count${of()}[$__rate_interval])) / (sum by (${link}) (rate(siaga_link_anchor_requests_total${of()}[$__rate_interval])) > 0)`,
              '{{office}} {{link}}',
            ),
          ),
        ],
      ],
      [
        8,
        [
          8,
          lines(
            {
              id: 14,
              title: t('Round trips: p50, p95, p99', 'Waktu bolak-balik: p50, p95, p99'),
              about: t('Of all chosen links together.', 'Dari semua jaringan yang dipilih.'),
              unit: 's',
              none: noData(t),
            },
            ...[0.5, 0.95, 0.99].map((q) =>
              over(
                `histogram_quantile(${q}, sum by (le) (rate(siaga_link_anchor_response_duration_seconds_bucket${of()}[$__rate_interval])))`,
                `p${q * 100}`,
              ),
            ),
          ),
        ],
        [
          8,
          lines(
            {
              id: 15,
              title: t('Jitter', 'Jitter'),
              about: t(
                'Mean difference of neighbouring round trips in five minutes.',
                'Selisih rata-rata waktu bolak-balik yang berurutan dalam lima menit.',
              ),
              unit: 's',
              none: noData(t),
            },
            over(`max by (${link}) (siaga_link_jitter_seconds${of()})`, '{{office}} {{link}}'),
          ),
        ],
        [
          8,
          lines(
            {
              id: 16,
              title: t('Traffic', 'Lalu lintas'),
              about: t('Bytes per second received (above) and sent.', 'Byte per detik yang diterima dan dikirim.'),
              unit: 'Bps',
              none: t('not known', 'tidak diketahui'),
            },
            over(
              `sum by (${link}) (rate(siaga_link_interface_receive_bytes_total${of()}[$__rate_interval]))`,
              t('in ', 'masuk ') + '{{office}} {{link}}',
            ),
            over(
              `sum by (${link}) (rate(siaga_link_interface_transmit_bytes_total${of()}[$__rate_interval]))`,
              t('out ', 'keluar ') + '{{office}} {{link}}',
            ),
          ),
        ],
      ],
      [
        7,
        [
          24,
          timeline(
            {
              id: 19,
              title: t('Anchors over time', 'Keadaan jangkar'),
              about: t(
                'Which anchors answered. One that is down alone is its own trouble; all together are the link.',
                'Jangkar mana yang menjawab. Satu yang mati sendiri adalah gangguannya sendiri; semua bersama berarti jaringannya.',
              ),
              mappings: mapping([
                [0, t('does not answer', 'tidak menjawab'), colours.cause.link],
                [1, t('answers', 'menjawab'), colours.up],
              ]),
              none: noData(t),
            },
            over(
              `min by (office, link, anchor) (min_over_time(siaga_link_anchor_up${of()}[$__interval]))`,
              '{{office}} {{link}}: {{anchor}}',
            ),
          ),
        ],
      ],
      [
        7,
        [
          12,
          timeline(
            {
              id: 17,
              title: t('Which uplink carries', 'Jalur yang dipakai'),
              about: t(
                'The uplink that the default route goes through. A change from the main to the backup is a switch-over.',
                'Jalur yang dilalui rute utama. Perubahan dari jalur utama ke cadangan berarti pindah jalur.',
              ),
              mappings: mapping([
                [0, t('not in use', 'tidak dipakai'), colours.pale],
                [1, t('in use', 'dipakai'), colours.up],
              ]),
              none: t('no uplinks configured', 'jalur tidak dipantau'),
            },
            over(
              `max by (office, link, uplink) (max_over_time(siaga_link_in_use${of()}[$__interval]))`,
              '{{office}} {{link}}: {{uplink}}',
            ),
          ),
        ],
        [
          12,
          lines(
            {
              id: 18,
              title: t('Errors on the interfaces', 'Galat antarmuka'),
              about: t('Damaged, failed and dropped packets per second.', 'Paket rusak, gagal, dan dibuang per detik.'),
              unit: 'pps',
              none: t('not known', 'tidak diketahui'),
            },
            ...['receive_errors', 'transmit_errors', 'receive_dropped', 'transmit_dropped'].map((what) =>
              over(
                `sum by (${link}) (rate(siaga_link_interface_${what}_total${of()}[$__rate_interval]))`,
                `{{office}} {{link}}: ${errors(t)[what]}`,
              ),
            ),
          ),
        ],
      ],
    ],
  });
