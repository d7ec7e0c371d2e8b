// Alerts: what fires, for how long it has been firing, and which alerts are noisy.
import { frame, variables } from './frame.mjs';
import { bars, cell, lines, now, over, series, stat, steps, table, timeline, width } from './panels.mjs';
import * as colours from './colours.mjs';
import { causeMapping, mapping, noData, severities } from './words.mjs';
import { moment, toRunbook } from './parts.mjs';

const layers = (t) => [
  ['power', t('power', 'listrik')],
  ['link', t('link', 'jaringan')],
  ['service', t('service', 'layanan')],
  ['agent', t('agent', 'agen')],
];
const alerts = (...m) => `ALERTS{${['office=~"$office"', ...m].join(', ')}}`;
const known = (n) => `count(${alerts('alertstate="firing"', `severity="${n}"`)}) or vector(0)`;

export default (t, language) => {
  const runbook = [toRunbook(t, language)];
  const [critical, warning, info] = severities(t);
  const number = (id, [severity, word, colour]) => [
    6,
    stat(
      {
        id,
        title: word,
        about: t('Alerts of this severity that fire now.', 'Peringatan tingkat ini yang aktif sekarang.'),
        decimals: 0,
        none: noData(t),
        thresholds: steps(colours.up, [1, colour]),
      },
      now(known(severity), ''),
    ),
  ];
  return frame({
    t,
    language,
    name: 'alerts',
    title: t('Siaga: alerts', 'Siaga: peringatan'),
    about: t(
      'What fires, since when, and which alerts are noisy.',
      'Peringatan yang aktif, sejak kapan, dan mana yang terlalu sering.',
    ),
    variables: [variables.datasource(t), variables.job(t), variables.offices(t), variables.runbooks(t)],
    time: ['now-24h', 'now'],
    rows: [
      [
        3,
        number(1, critical),
        number(2, warning),
        number(3, info),
        [
          6,
          stat(
            {
              id: 4,
              title: t('Watchdog', 'Penjaga'),
              about: t(
                'The alert that always fires. When it does not, the rules are not evaluated.',
                'Peringatan yang selalu aktif. Bila tidak, aturan tidak dijalankan.',
              ),
              decimals: 0,
              none: t('silent!', 'diam!'),
              mappings: mapping([
                [0, t('silent!', 'diam!'), colours.down],
                [1, t('works', 'bekerja'), colours.up],
              ]),
              thresholds: steps(colours.down, [1, colours.up]),
            },
            now('clamp_max(count(ALERTS{alertname="SiagaWatchdog", alertstate="firing"}), 1) or vector(0)', ''),
          ),
        ],
      ],
      [
        9,
        [
          24,
          table(
            {
              id: 10,
              title: t('Firing and pending', 'Aktif dan menunggu'),
              about: t(
                'Since when, where, and what to do. A pending alert waits for its time to pass.',
                'Sejak kapan, di mana, dan apa yang harus dilakukan. Yang menunggu belum cukup lama.',
              ),
              none: t('none', 'tidak ada'),
              before: [{ id: 'merge', options: {} }],
              columns: [
                [
                  'alertstate',
                  t('State', 'Keadaan'),
                  {
                    mappings: mapping([
                      ['firing', t('firing', 'aktif'), colours.down],
                      ['pending', t('pending', 'menunggu'), colours.pale],
                    ]),
                    ...cell.background,
                    ...width(100),
                  },
                ],
                ['severity', t('Severity', 'Tingkat'), { mappings: mapping(severities(t)), ...cell.background, ...width(100) }],
                ['alertname', t('Alert', 'Peringatan'), { links: runbook }],
                ['office', t('Office', 'Kantor'), {}],
                ['layer', t('Layer', 'Lapisan'), { mappings: mapping(layers(t)), ...width(90) }],
                ['target', t('Service', 'Layanan'), { noValue: '' }],
                ['link', t('Link', 'Jaringan'), { noValue: '' }],
                ['mains', t('Mains', 'Listrik'), { noValue: '' }],
                ['cause', t('Cause', 'Sebab'), { mappings: causeMapping(t), noValue: '', ...width(130) }],
                ['Value', t('Since', 'Sejak'), { ...moment, ...width(160) }],
                ['Time', null],
              ],
              sort: [t('Since', 'Sejak'), true],
            },
            now(
              `1000 * max by (alertstate, severity, alertname, office, layer, target, link, mains, cause) (
  label_replace(ALERTS_FOR_STATE{office=~"$office"}, "alertstate", "firing", "", "") and ignoring (alertstate) ${alerts('alertstate="firing"')}
  or label_replace(ALERTS_FOR_STATE{office=~"$office"}, "alertstate", "pending", "", "") and ignoring (alertstate) ${alerts('alertstate="pending"')}
)`,
              '',
            ),
          ),
        ],
      ],
      [
        10,
        [
          24,
          timeline(
            {
              id: 11,
              title: t('Alerts over time', 'Peringatan dari waktu ke waktu'),
              about: t('When each alert fired, by office.', 'Kapan tiap peringatan aktif, per kantor.'),
              mappings: mapping([[1, t('firing', 'aktif'), colours.down]]),
              none: t('none', 'tidak ada'),
            },
            over(
              `max by (office, alertname) (max_over_time(${alerts('alertstate="firing"', 'severity!="none"')}[$__interval]))`,
              '{{office}} {{alertname}}',
            ),
          ),
        ],
      ],
      [
        9,
        [
          12,
          bars(
            {
              id: 12,
              title: t('Noisiest alerts: time firing', 'Peringatan paling sering: lama aktif'),
              about: t(
                'How long each alert fired in the chosen time, all offices together.',
                'Berapa lama tiap peringatan aktif dalam waktu yang dipilih, semua kantor.',
              ),
              unit: 'dtdhms',
              decimals: 0,
              none: t('none', 'tidak ada'),
            },
            now(
              `topk(15, 60 * sum by (alertname) (sum_over_time((count by (office, alertname) (${alerts('alertstate="firing"', 'severity!="none"')}))[$__range:1m])))`,
              '{{alertname}}',
            ),
          ),
        ],
        [
          12,
          lines(
            {
              id: 13,
              title: t('How many fire', 'Berapa yang aktif'),
              about: t('Alerts that fire, by severity.', 'Peringatan yang aktif, menurut tingkat.'),
              unit: 'none',
              decimals: 0,
              stack: true,
              fill: 50,
              steps: true,
              none: t('none', 'tidak ada'),
              overrides: series(...severities(t)),
            },
            over(`count by (severity) (${alerts('alertstate="firing"', 'severity!="none"')})`, '{{severity}}'),
          ),
        ],
      ],
    ],
  });
};
