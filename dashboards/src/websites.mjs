// Websites: one table that says it all, and what an outage is made of below it. By content, certificate and time, not only up or down.
import { frame, variables } from './frame.mjs';
import { cell, lines, now, over, series, stat, steps, table, thresholds, timeline, width } from './panels.mjs';
import * as colours from './colours.mjs';
import { causeMapping, coloured, mapping, noData, timelineStates } from './words.mjs';
import { availability, countUnseen, of, ruled, targets } from './queries.mjs';
import { levels, moment, span, timeLeft, yesNo } from './parts.mjs';

const http = (...m) => of('kind="http"', 'target=~"$target"', ...m);
const site = 'office, target';
const p95 = `histogram_quantile(0.95, sum by (office, target, le) (rate(siaga_probe_duration_seconds_bucket${http()}[1h])))`;
const certificate = `siaga:target:certificate_end_timestamp_seconds${ruled('kind="http"', 'target=~"$target"')}`;
const left = `min by (${site}) (${certificate}) - time()`;
const stateNow = ['down', 'unknown', 'pending', 'maintenance', 'up']
  .map((state, code) => `(${code} + 0 * (max by (${site}) (siaga_target_state${http(`state="${state}"`)}) == 1))`)
  .join('\nor ');

const sites = (t) =>
  table(
    {
      id: 1,
      title: t('All websites', 'Semua situs'),
      about: t(
        'State, whose fault, the last answer, days until the certificate ends, how slow it is at worst, and availability in the chosen time. A click opens the site.',
        'Keadaan, penyebab, jawaban terakhir, sisa hari sertifikat, seberapa lambat, dan ketersediaan dalam waktu yang dipilih. Klik untuk membuka situsnya.',
      ),
      none: noData(t),
      before: [{ id: 'merge', options: {} }],
      columns: [
        ['office', t('Office', 'Kantor'), width(140)],
        ['target', t('Website', 'Situs'), width(120)],
        [
          'url',
          t('Address', 'Alamat'),
          { noValue: '', links: [{ title: t('Open the site', 'Buka situsnya'), url: '${__value.raw}', targetBlank: true }] },
        ],
        ['Value #A', t('State', 'Keadaan'), { mappings: mapping(timelineStates(t)), ...cell.background, ...width(120) }],
        ['cause', t('Cause', 'Sebab'), { mappings: causeMapping(t), ...cell.background, noValue: '', ...width(110) }],
        [
          'Value #B',
          t('Code', 'Kode'),
          {
            decimals: 0,
            ...thresholds(colours.grey, [200, colours.up], [300, colours.caution], [400, colours.down]),
            ...cell.text,
            ...width(110),
          },
        ],
        [
          'Value #C',
          t('Certificate ends in', 'Sertifikat habis dalam'),
          { unit: 'dtdhms', decimals: 0, noValue: '', ...timeLeft, ...cell.text, ...width(190) },
        ],
        [
          'Value #D',
          t('Slowest 5% over', '5% terlambat di atas'),
          {
            unit: 's',
            decimals: 2,
            ...thresholds(colours.up, [2, colours.caution], [5, colours.down]),
            ...cell.text,
            ...width(140),
          },
        ],
        [
          'Value #E',
          t('Availability', 'Ketersediaan'),
          { unit: 'percentunit', decimals: 2, min: 0, max: 1, ...levels, ...cell.gauge, ...width(190) },
        ],
        [
          'Value #F',
          t('30 days', '30 hari'),
          { unit: 'percentunit', decimals: 2, min: 0, max: 1, ...levels, ...cell.text, ...width(100) },
        ],
        ['Value #I', t('Flapping', 'Naik-turun'), yesNo(t, colours.caution)],
        ['Value #G', null],
        ['Value #H', null],
        ['Time', null],
      ],
      sort: [t('State', 'Keadaan'), false],
    },
    now(stateNow, ''),
    now(`max by (${site}) (probe_http_status_code${http()})`, ''),
    now(left, ''),
    now(p95, ''),
    now(availability(site, 'kind="http"', 'target=~"$target"'), ''),
    now(`max by (${site}) (siaga:target:availability:30d${ruled('kind="http"', 'target=~"$target"')})`, ''),
    now(`max by (office, target, cause) (siaga_outage_active${http()}) == 1`, ''),
    now(`max by (office, target, url) (siaga_target_info${http()})`, ''),
    now(`max by (${site}) (siaga_target_flapping${http()})`, ''),
  );

export default (t, language) =>
  frame({
    t,
    language,
    name: 'websites',
    title: t('Siaga: websites', 'Siaga: situs web'),
    about: t(
      'Every website of the chosen offices: state, cause, certificate, speed, content.',
      'Semua situs kantor yang dipilih: keadaan, sebab, sertifikat, kecepatan, isi.',
    ),
    variables: [
      variables.datasource(t),
      variables.job(t),
      variables.offices(t),
      variables.targets(t, 'siaga_target_info', ', kind="http"'),
      variables.runbooks(t),
    ],
    time: ['now-24h', 'now'],
    rows: [
      [
        3,
        ...[
          [1, 'up', t('Up', 'Normal'), colours.up, colours.grey],
          [2, 'down', t('Down', 'Mati'), colours.up, colours.down],
          [3, 'unknown', t('Cannot be seen', 'Tidak terlihat'), colours.up, colours.grey],
          [4, 'maintenance', t('Maintenance', 'Pemeliharaan'), colours.up, colours.maintenance],
        ].map(([n, state, title, none, some]) => [
          4,
          stat(
            {
              id: 1 + n,
              title,
              about: t('How many websites are in this state now.', 'Berapa situs dalam keadaan ini sekarang.'),
              decimals: 0,
              none: noData(t),
              thresholds: state === 'up' ? steps(colours.grey, [1, colours.up]) : steps(none, [1, some]),
            },
            now(
              state === 'unknown'
                ? countUnseen('siaga_target_state', 'kind="http"', 'target=~"$target"')
                : `sum(siaga_target_state${http(`state="${state}"`)})`,
              '',
            ),
          ),
        ]),
        [
          4,
          stat(
            {
              id: 6,
              title: t('Certificates < 21 days', 'Sertifikat < 21 hari'),
              about: t(
                'Certificates that end within 21 days, or have ended.',
                'Sertifikat yang habis dalam 21 hari, atau sudah habis.',
              ),
              decimals: 0,
              none: noData(t),
              thresholds: steps(colours.up, [1, colours.caution]),
            },
            now(`count(${left} < 21 * 86400) or 0 * count(siaga_target_state${http('state="up"')})`, ''),
          ),
        ],
        [
          4,
          stat(
            {
              id: 7,
              title: t('Wrong content', 'Isi halaman salah'),
              about: t(
                'Websites that answer, but not with what they should: defaced, or a text is missing.',
                'Situs yang menjawab tetapi isinya salah: diubah orang, atau ada teks yang hilang.',
              ),
              decimals: 0,
              none: noData(t),
              thresholds: steps(colours.up, [1, colours.cause.content]),
            },
            now(`sum(max by (${site}) (siaga_outage_active${http('cause="content"')}))`, ''),
          ),
        ],
      ],
      [10, [24, sites(t)]],
      [
        8,
        [
          24,
          timeline(
            {
              id: 10,
              title: t('Websites over time', 'Keadaan situs'),
              about: t(
                'The worst of each interval; down is coloured by whose fault it was. Grey: nobody could see.',
                'Yang terburuk tiap selang; warna menunjukkan penyebab. Abu-abu: tidak terlihat.',
              ),
              ...coloured(timelineStates(t)),
              none: noData(t),
            },
            over(targets('kind="http"', 'target=~"$target"'), '{{office}} {{target}}'),
          ),
        ],
      ],
      [
        8,
        [
          8,
          lines(
            {
              id: 11,
              title: t('What an answer is made of', 'Bagian-bagian waktu jawab'),
              about: t(
                'Name, connection, encryption, waiting for the server, transfer: the mean of the chosen websites.',
                'Nama, sambungan, enkripsi, menunggu server, pengiriman: rata-rata situs yang dipilih.',
              ),
              unit: 's',
              stack: true,
              fill: 60,
              none: noData(t),
              overrides: series(
                ['resolve', t('name', 'nama')],
                ['connect', t('connection', 'sambungan')],
                ['tls', t('encryption', 'enkripsi')],
                ['processing', t('waiting for the server', 'menunggu server')],
                ['transfer', t('transfer', 'pengiriman')],
              ),
            },
            over(`avg by (phase) (probe_http_duration_seconds${http()})`, '{{phase}}'),
          ),
        ],
        [
          8,
          lines(
            {
              id: 12,
              title: t('Time to answer', 'Waktu jawab'),
              about: t('How long the last look at each website took in all.', 'Lama pemeriksaan terakhir tiap situs.'),
              unit: 's',
              none: noData(t),
            },
            over(`max by (${site}) (probe_duration_seconds${http()})`, '{{office}} {{target}}'),
          ),
        ],
        [
          8,
          lines(
            {
              id: 13,
              title: t('Status codes', 'Kode status'),
              about: t('The code of the last answer; 0: none.', 'Kode jawaban terakhir; 0: tidak ada jawaban.'),
              decimals: 0,
              unit: 'none',
              steps: true,
              none: noData(t),
            },
            over(`max by (${site}) (probe_http_status_code${http()})`, '{{office}} {{target}}'),
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
              title: t('Why looks failed', 'Mengapa pemeriksaan gagal'),
              about: t('Failed looks per interval, by reason.', 'Pemeriksaan gagal per selang, menurut alasannya.'),
              bars: true,
              stack: true,
              unit: 'none',
              decimals: 0,
              none: t('nothing failed', 'tidak ada yang gagal'),
            },
            over(`sum by (reason) (increase(siaga_probe_failures_total${http()}[$__rate_interval])) > 0`, '{{reason}}'),
          ),
        ],
        [
          8,
          lines(
            {
              id: 15,
              title: t('Name look-ups', 'Pencarian nama (DNS)'),
              about: t('How long finding the address took.', 'Lama pencarian alamat.'),
              unit: 's',
              none: noData(t),
            },
            over(`max by (${site}) (probe_dns_lookup_time_seconds${http()})`, '{{office}} {{target}}'),
          ),
        ],
        [
          8,
          table(
            {
              id: 16,
              title: t('Certificates', 'Sertifikat'),
              about: t(
                'Who issued them, for whom, and when they end; the earliest first.',
                'Siapa penerbitnya, untuk siapa, dan kapan habis; yang paling dekat di atas.',
              ),
              none: noData(t),
              before: [{ id: 'merge', options: {} }],
              columns: [
                ['office', t('Office', 'Kantor'), width(90)],
                ['target', t('Website', 'Situs'), width(85)],
                ['Value #A', t('Ends', 'Habis'), { ...moment, ...width(130) }],
                ['Value #B', t('In', 'Dalam'), { ...span, ...width(125), ...timeLeft, ...cell.text }],
                ['version', 'TLS', width(60)],
                ['Value #C', null],
                ['Time', null],
              ],
            },
            now(`sort(1000 * min by (${site}) (${certificate}))`, ''),
            now(left, ''),
            now(`max by (office, target, version) (probe_tls_version_info${http()})`, ''),
          ),
        ],
      ],
    ],
  });
