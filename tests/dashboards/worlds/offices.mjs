// The worlds: what is the matter in which offices. One Prometheus can hold them all, told apart by their offices' names.
import { ago, day, end, hour, minute } from './clock.mjs';

const place = (n) => [
  Number((-0.9 + 0.37 * (n % 5)).toFixed(2)),
  Number((115.8 + 0.45 * Math.floor(n / 5) + 0.1 * (n % 3)).toFixed(2)),
];
const services = [
  { name: 'portal', kind: 'http', needs: 'wan', url: 'https://portal.example.go.id/', certificateDays: 61 },
  { name: 'layanan', kind: 'http', needs: 'wan', url: 'https://layanan.example.go.id/', certificateDays: 33 },
  { name: 'surel', kind: 'tcp', needs: 'wan', url: 'mail.example.go.id:25' },
  { name: 'printer', kind: 'ping', url: '192.0.2.40' },
  { name: 'server', kind: 'ping', url: '192.0.2.10', battery: true },
];
const more = [
  { name: 'resolver', kind: 'dns', url: '192.0.2.53', battery: true },
  { name: 'ldap', kind: 'tls', url: 'ldap.example.go.id:636', battery: true, certificateDays: 200 },
];

let count = 0;
function office(world, id, name, city, events = [], extra = {}) {
  const list = extra.rich ? [...services, ...more] : services;
  const targets = list.map((target) => ({
    ...target,
    url: target.url.replace('example', `${id}.example`),
    ...extra.targets?.[target.name],
  }));
  return { mains: 'pln', link: 'wan', ups: 'ruang-server', ...extra, world, id, name, city, at: place(count++), events, targets };
}
const mainsOff = (from, to) => ({ what: 'mains off', from, to });
const linkDown = (from, to) => ({ what: 'link down', from, to });
const silent = (from, to) => ({ what: 'silent', from, to });
const fault = (target, cause, from, to) => ({ what: 'fault', target, cause, from, to });

/** Thirty seconds, three weeks ago, and at no round hour: a query that looks only at whole steps does not see it. */
export const shortCut = ago(20 * day + 17 * minute);
const flaps = Array.from({ length: 11 }, (_, i) =>
  fault('layanan', 'service', ago((40 - 3 * i) * minute), ago((39 - 3 * i) * minute)),
);

export const offices = [
  office('normal', 'normal-1', 'Dinas Komunikasi dan Informatika', 'Samarinda', [], { rich: true }),
  office('normal', 'normal-2', 'Dinas Pendidikan', 'Balikpapan'),
  office('mati', 'mati-1', 'Dinas Sosial', 'Bontang', [
    linkDown(ago(3 * hour)),
    fault('printer', 'host', ago(3 * hour)),
    fault('server', 'host', ago(2 * hour)),
  ]),
  office('mati', 'mati-2', 'Dinas Perhubungan', 'Sangatta', [
    fault('portal', 'service', ago(5 * hour)),
    fault('layanan', 'content', ago(4 * hour)),
    fault('surel', 'dns', ago(3 * hour)),
    fault('printer', 'host', ago(2 * hour)),
    fault('server', 'host', ago(2 * hour)),
  ]),
  office('mati', 'mati-3', 'Dinas Kehutanan', 'Tenggarong', [mainsOff(ago(50 * minute)), silent(ago(30 * minute))]),
  office('diam', 'diam-1', 'Dinas Kesehatan', 'Tanjung Redeb', [
    silent(ago(10 * day), ago(10 * day - 2 * hour)),
    silent(ago(3 * hour)),
  ]),
  office('rawat', 'rawat-1', 'Badan Kepegawaian', 'Penajam', [{ what: 'maintenance', from: ago(2 * hour), to: end + hour }]),
  office(
    'padam',
    'padam-1',
    'Dinas Pertanian',
    'Sendawar',
    [mainsOff(shortCut, shortCut + 30), mainsOff(ago(3 * day), ago(3 * day - 45 * minute)), mainsOff(ago(25 * minute))],
    { rich: true },
  ),
  office('padam', 'padam-2', 'Dinas Perkebunan', 'Ujoh Bilang', [mainsOff(ago(40 * minute)), silent(ago(12 * minute))]),
  office('padam', 'padam-3', 'Dinas Perikanan', 'Tanjung Selor', [
    mainsOff(ago(2 * hour), ago(hour)),
    fault('layanan', 'power', ago(hour)),
    { what: 'stuck', target: 'layanan', after: 'power', from: ago(55 * minute) },
  ]),
  office(
    'putus',
    'putus-1',
    'Dinas Pariwisata',
    'Tanah Grogot',
    [linkDown(ago(8 * day), ago(8 * day - 4 * hour)), linkDown(ago(40 * minute))],
    { linkOnBattery: true },
  ),
  office('kedip', 'kedip-1', 'Dinas Perpustakaan', 'Muara Badak', flaps),
  office('sertifikat', 'sertifikat-1', 'Badan Pendapatan', 'Kota Bangun', [fault('portal', 'certificate', ago(6 * hour))], {
    targets: { portal: { certificateDays: -0.25 }, layanan: { certificateDays: 10 } },
  }),
  office('buta', 'buta-1', 'Dinas Sosial Wilayah', 'Muara Jawa', [{ what: 'unseen', target: 'surel', from: ago(30 * minute) }]),
  office('jam', 'jam-1', 'Dinas Pemuda', 'Long Apari', [fault('surel', 'service', ago(20 * minute))], {
    clock1970: ago(30 * minute),
  }),
];

export const worlds = [...new Set(offices.map(({ world }) => world))];
