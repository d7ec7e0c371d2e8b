"""Who is in the demo: three offices and what each of them watches. Data only; no such office was
asked, the coordinates are those of the towns.
"""

import dataclasses

TARGET = 0.999


@dataclasses.dataclass(frozen=True)
class Site:
    """A website: where it stands, and what its users depend on."""

    name: str
    machine: str = "server"  # server: behind the UPS; room: no UPS; internet: beyond the link
    needs: tuple = ()
    is_secure: bool = False
    port: int = 0

    def standard_port(self):
        return self.port or (443 if self.is_secure else 80)


@dataclasses.dataclass(frozen=True)
class Office:
    id: str
    name: str
    city: str
    location: tuple
    domain: str
    sites: tuple

    def host_of(self, site):
        return f"{site.name}.{self.domain}"

    def on(self, machine):
        return [site for site in self.sites if site.machine == machine]


POWER, LINK = ("pln",), ("wan",)

SAMARINDA = Office(
    "diskominfo-samarinda",
    "Diskominfo Samarinda",
    "Samarinda",
    (-0.5022, 117.1536),
    "samarinda.test",
    (
        Site("portal"),
        Site("ppid", is_secure=True),
        Site("aspirasi", is_secure=True),
        Site("arsip", "room", POWER),
        Site("jdih", "internet", LINK, is_secure=True),
    ),
)
BALIKPAPAN = Office(
    "disdukcapil-balikpapan",
    "Disdukcapil Balikpapan",
    "Balikpapan",
    (-1.2654, 116.8312),
    "balikpapan.test",
    (
        Site("informasi"),
        Site("pendaftaran", is_secure=True),
        *(
            Site(name, "room", POWER)
            for name in (
                *("antrean", "akta-lahir", "akta-nikah", "kartu-keluarga", "perekaman"),
                *("pengaduan", "berkas", "pembayaran"),
            )
        ),
        Site("cetak-ktp", "room", POWER, port=8081),
        Site("verifikasi", "internet", LINK, is_secure=True),
    ),
)
MELAK = Office(
    "puskesmas-melak",
    "Puskesmas Melak",
    "Kutai Barat",
    (-0.2303, 115.7736),
    "melak.test",
    (
        Site("rekam-medis"),
        Site("apotek", "room", POWER),
        Site("jadwal", needs=LINK, is_secure=True),
        Site("rujukan", "internet", LINK, is_secure=True),
        Site("imunisasi", "internet", LINK),
        Site("dasbor-gizi", "internet", LINK),
    ),
)
OFFICES = (SAMARINDA, BALIKPAPAN, MELAK)

# What the story does to whom.
EXPIRED = (SAMARINDA, "ppid")
DARK = BALIKPAPAN
CUT_OFF = MELAK
STAYS_DOWN = (BALIKPAPAN, "cetak-ktp")
