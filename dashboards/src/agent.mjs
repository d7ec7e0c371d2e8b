// The agents themselves: silence is never health. Whether they answer, run on time, keep their journal, and know the time.
import { frame, variables } from './frame.mjs';
import { cell, lines, now, over, series, stat, steps, table, thresholds, timeline, width } from './panels.mjs';
import * as colours from './colours.mjs';
import { mapping, noData } from './words.mjs';
import { of, ruled } from './queries.mjs';
import { moment } from './parts.mjs';

const office = 'office';
const darkness = (t) =>
  series(
    ['power', t('power cut', 'listrik padam'), colours.cause.power],
    ['power_suspected', t('power cut, suspected', 'listrik padam, dugaan'), colours.caution],
    ['panic', t('kernel panic', 'panik kernel'), colours.down],
    ['reboot', t('reboot', 'mesin dimulai ulang'), colours.maintenance],
    ['crash', t('agent crashed', 'agen terhenti'), colours.cause.content],
    ['stop', t('agent stopped', 'agen dihentikan'), colours.pale],
  );
const rate = (metric, by, ...m) => `sum by (${by}) (rate(${metric}${of(...m)}[$__rate_interval]))`;
const good = (t) => [
  [0, t('no', 'tidak'), colours.down],
  [1, t('yes', 'ya'), colours.up],
];
const yes = (t) => ({ mappings: mapping(good(t)), ...thresholds(colours.down, [1, colours.up]), ...cell.text, ...width(130) });

const all = (t) =>
  table(
    {
      id: 10,
      title: t('All agents', 'Semua agen'),
      about: t(
        'Each agent: does it answer, since when it runs, version, journal, clock, configuration.',
        'Setiap agen: apakah menjawab, sejak kapan berjalan, versi, jurnal, jam, konfigurasi.',
      ),
      none: noData(t),
      before: [{ id: 'merge', options: {} }],
      columns: [
        ['office', t('Office', 'Kantor'), {}],
        [
          'Value #A',
          t('Answers', 'Menjawab'),
          {
            mappings: mapping([
              [0, t('silent', 'diam'), colours.grey],
              [1, t('yes', 'ya'), colours.up],
            ]),
            ...thresholds(colours.grey, [1, colours.up]),
            ...cell.background,
            ...width(110),
          },
        ],
        ['Value #B', t('Last answer', 'Jawaban terakhir'), { ...moment, ...width(170) }],
        ['Value #C', t('Running since', 'Berjalan sejak'), { ...moment, ...width(170) }],
        ['version', t('Version', 'Versi'), { noValue: '', ...width(100) }],
        ['Value #E', t('Journal safe', 'Jurnal aman'), yes(t)],
        ['Value #F', t('Clock trusted', 'Jam benar'), yes(t)],
        ['Value #G', t('Configuration good', 'Konfigurasi benar'), yes(t)],
        ['Value #D', null],
        ['Time', null],
      ],
      sort: [t('Answers', 'Menjawab'), false],
    },
    now(`max by (office) (siaga:office:answers${ruled()})`, ''),
    now(`1000 * max by (office) (siaga:office:last_answer_timestamp_seconds${ruled()})`, ''),
    now(`1000 * max by (office) (process_start_time_seconds${of()} and on (office) siaga_clock_trusted${of()} == 1)`, ''),
    now(`max by (office, version) (siaga_build_info${of()})`, ''),
    ...['siaga_journal_durable', 'siaga_clock_trusted', 'siaga_config_last_reload_successful'].map((metric) =>
      now(`min by (office) (${metric}${of()})`, ''),
    ),
  );

export default (t, language) => {
  const number = (id, title, about, expr, thresholdsOf, more = {}) => [
    4,
    stat({ id, title, about, decimals: 0, none: noData(t), thresholds: thresholdsOf, ...more }, now(expr, '')),
  ];
  const line = (id, title, about, more, ...queries) => [8, lines({ id, title, about, none: noData(t), ...more }, ...queries)];
  const bad = (colour) => steps(colours.up, [1, colour]);
  return frame({
    t,
    language,
    name: 'agent',
    title: t('Siaga: agents', 'Siaga: kesehatan agen'),
    about: t(
      'The health of the agents: when they are in trouble, what they say about others is less certain.',
      'Kesehatan agen: bila agen terganggu, laporannya kurang pasti.',
    ),
    variables: [variables.datasource(t), variables.job(t), variables.offices(t), variables.runbooks(t)],
    time: ['now-6h', 'now'],
    rows: [
      [
        3,
        number(
          1,
          t('Answering', 'Menjawab'),
          t('Agents that answer Prometheus.', 'Agen yang menjawab Prometheus.'),
          `sum(siaga:office:answers${ruled()})`,
          steps(colours.grey, [1, colours.up]),
        ),
        number(
          2,
          t('Silent', 'Diam'),
          t('Agents that do not answer: their offices cannot be seen.', 'Agen yang tidak menjawab: kantornya tidak terlihat.'),
          `count(siaga:office:answers${ruled()} == 0) or 0 * count(siaga:office:answers${ruled()})`,
          bad(colours.grey),
        ),
        number(
          3,
          t('Journal not safe', 'Jurnal tidak aman'),
          t(
            'Agents whose journal is not on disk: full, read-only or broken.',
            'Agen yang jurnalnya tidak tersimpan di disk: penuh, hanya-baca, atau rusak.',
          ),
          `count(siaga_journal_durable${of()} == 0) or 0 * count(siaga_journal_durable${of()})`,
          bad(colours.down),
        ),
        number(
          4,
          t('Clock not trusted', 'Jam diragukan'),
          t(
            'Agents whose clock nobody vouches for; certificates are not judged there.',
            'Agen yang jamnya tidak terjamin; sertifikat tidak dinilai di sana.',
          ),
          `count(siaga_clock_trusted${of()} == 0) or 0 * count(siaga_clock_trusted${of()})`,
          bad(colours.caution),
        ),
        number(
          5,
          t('Configuration refused', 'Konfigurasi ditolak'),
          t(
            'Agents that run on an older configuration because the new one is wrong.',
            'Agen yang memakai konfigurasi lama karena yang baru salah.',
          ),
          `count(siaga_config_last_reload_successful${of()} == 0) or 0 * count(siaga_config_last_reload_successful${of()})`,
          bad(colours.caution),
        ),
        number(
          6,
          t('Oldest look', 'Pemeriksaan terlama'),
          t(
            'How long ago the service that waited longest was looked at.',
            'Berapa lama layanan yang paling lama menunggu belum diperiksa.',
          ),
          `max(time() - siaga_probe_last_run_timestamp_seconds${of()} and on (office) siaga_clock_trusted${of()} == 1)`,
          steps(colours.up, [180, colours.caution], [900, colours.down]),
          { unit: 's' },
        ),
      ],
      [8, [24, all(t)]],
      [
        6,
        [
          24,
          timeline(
            {
              id: 11,
              title: t('Agents over time', 'Agen dari waktu ke waktu'),
              about: t('Grey: the agent was silent.', 'Abu-abu: agen diam.'),
              mappings: mapping([
                [0, t('silent', 'diam'), colours.grey],
                [1, t('answers', 'menjawab'), colours.up],
              ]),
              none: noData(t),
            },
            over(`min_over_time(siaga:office:answers${ruled()}[$__interval])`, '{{office}}'),
          ),
        ],
      ],
      [
        7,
        line(
          12,
          t('Event loop lag, p99', 'Keterlambatan putaran kerja, p99'),
          t(
            'How late the event loop came to its timers; above 0.1 s the agent is short of CPU.',
            'Keterlambatan agen; di atas 0,1 detik agen kekurangan CPU.',
          ),
          { unit: 's' },
          over(
            `histogram_quantile(0.99, sum by (office, le) (rate(siaga_loop_lag_seconds_bucket${of()}[$__rate_interval])))`,
            '{{office}}',
          ),
        ),
        line(
          13,
          t('Looks late or skipped', 'Pemeriksaan terlambat atau dilewati'),
          t('Per second; the agent or its limits hold them up.', 'Per detik; tertahan oleh agen atau batasnya.'),
          { unit: 'cps' },
          over(rate('siaga_probes_late_total', office), t('late ', 'terlambat ') + '{{office}}'),
          over(rate('siaga_probes_skipped_total', 'office, reason'), t('skipped ', 'dilewati ') + '{{office}} {{reason}}'),
        ),
        line(
          14,
          t('Looks, by verdict', 'Pemeriksaan, menurut hasil'),
          t(
            'Runs per second: ok, failed, or unknown when the agent itself was in trouble.',
            'Pemeriksaan per detik: baik, gagal, atau tidak diketahui bila agennya terganggu.',
          ),
          {
            unit: 'cps',
            overrides: series(
              ['ok', t('ok', 'baik'), colours.up],
              ['failed', t('failed', 'gagal'), colours.down],
              ['unknown', t('unknown', 'tidak diketahui'), colours.grey],
            ),
          },
          over(rate('siaga_probe_runs_total', 'verdict'), '{{verdict}}'),
        ),
      ],
      [
        7,
        line(
          15,
          t('Memory', 'Memori'),
          t('Resident memory of each agent.', 'Memori tiap agen.'),
          { unit: 'bytes' },
          over(`max by (office) (process_resident_memory_bytes${of()})`, '{{office}}'),
        ),
        line(
          16,
          'CPU',
          t('Cores that each agent uses.', 'Inti CPU yang dipakai tiap agen.'),
          { unit: 'percentunit' },
          over(rate('process_cpu_seconds_total', office), '{{office}}'),
        ),
        line(
          17,
          t('Descriptors', 'Deskriptor'),
          t('Share of the open files that are allowed.', 'Bagian berkas terbuka dari yang diizinkan.'),
          { unit: 'percentunit', max: 1 },
          over(`max by (office) (process_open_fds${of()} / (process_max_fds${of()} > 0))`, '{{office}}'),
        ),
      ],
      [
        7,
        line(
          18,
          t('Journal', 'Jurnal'),
          t('Size on disk, and records that wait or were dropped.', 'Ukuran di disk, serta catatan yang menunggu atau terbuang.'),
          { unit: 'bytes' },
          over(`max by (office) (siaga_journal_bytes${of()})`, '{{office}}'),
        ),
        line(
          19,
          t('Journal trouble', 'Gangguan jurnal'),
          t('Records that wait, and errors and losses.', 'Catatan yang menunggu, galat, dan yang hilang.'),
          { unit: 'none' },
          over(`max by (office) (siaga_journal_waiting_records${of()})`, t('waiting ', 'menunggu ') + '{{office}}'),
          over(
            `sum by (office) (increase(siaga_journal_errors_total${of()}[$__rate_interval])) > 0`,
            t('errors ', 'galat ') + '{{office}}',
          ),
          over(
            `sum by (office) (increase(siaga_journal_dropped_records_total${of()}[$__rate_interval])) > 0`,
            t('dropped ', 'hilang ') + '{{office}}',
          ),
        ),
        line(
          20,
          t('Time in which the agent did not run', 'Waktu agen tidak berjalan'),
          t('Of all time that the journal knows, by why.', 'Dari seluruh waktu yang dicatat jurnal, menurut sebabnya.'),
          { unit: 's', overrides: darkness(t) },
          over(`sum by (class) (increase(siaga_dark_seconds_total${of()}[$__rate_interval]))`, '{{class}}'),
        ),
      ],
      {
        fold: t('Scrapes, names, TLS, clock', 'Pengambilan data, nama, TLS, jam'),
        id: 30,
        rows: [
          [
            7,
            line(
              31,
              t('Scrapes', 'Pengambilan data'),
              t(
                'Time to make a scrape (p99), and scrapes that were dropped.',
                'Waktu menyusun data (p99) dan pengambilan yang gagal.',
              ),
              { unit: 's' },
              over(
                `histogram_quantile(0.99, sum by (office, le) (rate(siaga_scrape_duration_seconds_bucket${of()}[$__rate_interval])))`,
                '{{office}}',
              ),
            ),
            line(
              32,
              t('Resolver', 'Resolver'),
              t(
                'Name look-ups sent, answered from the cache, failed; per second.',
                'Pencarian nama: dikirim, dari ingatan, gagal; per detik.',
              ),
              { unit: 'cps' },
              over(rate('siaga_resolver_queries_total', office), t('sent ', 'dikirim ') + '{{office}}'),
              over(rate('siaga_resolver_cache_hits_total', office), t('cached ', 'ingatan ') + '{{office}}'),
              over(rate('siaga_resolver_failures_total', office), t('failed ', 'gagal ') + '{{office}}'),
            ),
            line(
              33,
              t('Clock steps', 'Lompatan jam'),
              t('The last jump of the wall clock.', 'Lompatan jam terakhir.'),
              { unit: 's' },
              over(`max by (office) (siaga_clock_step_seconds${of()})`, '{{office}}'),
            ),
          ],
          [
            7,
            line(
              34,
              t('Not booked yet', 'Belum dibukukan'),
              t(
                'How far the settled time of the slowest service lies behind: a minute while something is down.',
                'Seberapa jauh pembukuan waktu tertinggal: satu menit selama ada yang mati.',
              ),
              { unit: 's' },
              over(
                `max by (office) (time() - siaga_target_booked_until_timestamp_seconds${of()} and on (office) siaga_clock_trusted${of()} == 1)`,
                '{{office}}',
              ),
            ),
            line(
              35,
              t('Journal writes', 'Penulisan jurnal'),
              t(
                'How long the last transaction took: a slow disk shows here first.',
                'Lama penulisan terakhir: disk yang lambat terlihat di sini lebih dulu.',
              ),
              { unit: 's' },
              over(`max by (office) (siaga_journal_write_seconds${of()})`, '{{office}}'),
            ),
            line(
              36,
              t('Restarts and dark times', 'Mulai ulang dan waktu gelap'),
              t('Times in which the agent did not run, by why.', 'Berapa kali agen tidak berjalan, menurut sebabnya.'),
              { unit: 'none', decimals: 0, bars: true, stack: true, overrides: darkness(t) },
              over(`sum by (class) (increase(siaga_dark_intervals_total${of()}[$__rate_interval])) > 0`, '{{class}}'),
            ),
          ],
        ],
      },
    ],
  });
};
