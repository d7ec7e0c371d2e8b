"""What the demo says while it plays, in Indonesian and English."""

import datetime
import os
import time

WITA = datetime.timezone(datetime.timedelta(hours=8))

WORDS = {
    "start": (
        "Menyalakan tiga kantor, Prometheus, dan Alertmanager ({layout}) ...",
        "Starting three offices, Prometheus and Alertmanager ({layout}) ...",
    ),
    "namespaces": ("namespace jaringan", "network namespaces"),
    "loopback": (
        (
            "di loopback: namespace jaringan tidak diizinkan di sini (perlu root, atau user"
            " namespace); jaringan putus dimainkan di sisi tujuan"
        ),
        (
            "on loopback: no network namespaces may be made here (needs root, or user namespaces); "
            "the link is cut at the anchors' side"
        ),
    ),
    "pace": (
        (
            "Waktu dipercepat {factor} kali dalam aturan alert dan Alertmanager; agen memeriksa"
            " tiap {interval} detik."
        ),
        (
            "Time runs {factor} times faster in the alert rules and Alertmanager; agents look every"
            " {interval} s."
        ),
    ),
    "urls": (
        "Prometheus: {prometheus}   Alertmanager: {alertmanager}",
        "Prometheus: {prometheus}   Alertmanager: {alertmanager}",
    ),
    "agent": ("Agen {name}: {url}/metrics", "Agent of {name}: {url}/metrics"),
    "grafana": ("Grafana: {url}", "Grafana: {url}"),
    "no_grafana": (
        "Grafana tidak terpasang di sini; dasbor ada di dashboards/grafana.",
        "No Grafana is installed here; the dashboards are in dashboards/grafana.",
    ),
    "well": (
        "Semua baik: {count} layanan dan sensor di tiga kantor hidup, tidak ada alert.",
        "All is well: {count} services and sensors of three offices are up, no alert.",
    ),
    "power_cut": (
        "Listrik padam di {office}: UPS beralih ke baterai, semua yang tanpa UPS mati.",
        "The power is cut at {office}: the UPS goes to battery, everything without a UPS dies.",
    ),
    "link_cut": (
        "Jaringan utama {office} putus; pusat masih melihatnya lewat modem 4G.",
        "The main link of {office} is cut; the centre still sees it through its 4G modem.",
    ),
    "link_silent": (
        (
            "Jaringan utama {office} putus: tidak ada jawaban dari luar; pusat ada di mesin yang"
            " sama dan masih melihatnya."
        ),
        (
            "The main link of {office} is cut: nothing beyond answers; the centre is on the same"
            " machine and still sees it."
        ),
    ),
    "expired": (
        "Sertifikat {site} di {office} habis masa berlakunya.",
        "The certificate of {site} at {office} expires.",
    ),
    "power_back": (
        "Listrik di {office} menyala lagi; semua hidup kembali kecuali {site}.",
        "The power is back at {office}; everything starts again, but {site} does not.",
    ),
    "link_back": ("Jaringan {office} tersambung lagi.", "The link of {office} is mended."),
    "renewed": (
        "Sertifikat {site} di {office} sudah diperbarui.",
        "{site} of {office} has a new certificate.",
    ),
    "news_firing": (
        "   pesan: {alert} {about} · {office}",
        "   message: {alert} {about} · {office}",
    ),
    "news_resolved": (
        "   pesan: SELESAI {alert} {about} · {office}",
        "   message: RESOLVED {alert} {about} · {office}",
    ),
    "said": (
        "Pesan yang diterima petugas piket, berurutan",
        "What the on-call staff were told, in order",
    ),
    "held": (
        "Ditahan karena sudah dijelaskan sebabnya: {count} alert ({list})",
        "Held back, because their cause was told: {count} alerts ({list})",
    ),
    "report": ("Laporan {office}", "The report of {office}"),
    "drawing": ("Menggambar dasbor ke {folder} ...", "Drawing the dashboards into {folder} ..."),
    "keep": (
        "Semua tetap berjalan; Ctrl-C mengakhirinya.",
        "Everything runs on; Ctrl-C ends it.",
    ),
    "right": (
        "Semua sesuai dengan yang dimainkan ({checks} pemeriksaan).",
        "All is as it was played ({checks} checks).",
    ),
    "wrong": ("Berbeda dari yang dimainkan:", "What differs from what was played:"),
    "left": ("Tertinggal:", "Left behind:"),
}


def language_of(wished):
    """ "id" or "en": as wished, else as the environment has it."""
    spoken = next(
        (os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), ""
    )
    return wished or ("id" if spoken.lower().startswith("id") else "en")


class Narrator:
    def __init__(self, language):
        self.language, self.began = language, time.monotonic()

    def text(self, key, **values):
        return WORDS[key][0 if self.language == "id" else 1].format(**values)

    def say(self, key, **values):
        seconds = int(time.monotonic() - self.began)
        clock = datetime.datetime.now(WITA).strftime("%H:%M:%S")
        print(
            f"{seconds // 60:2d}:{seconds % 60:02d}  {clock} WITA  {self.text(key, **values)}",
            flush=True,
        )

    def head(self, key, **values):
        print(f"\n== {self.text(key, **values)} ==", flush=True)


def clock_of(moment):
    return datetime.datetime.fromtimestamp(moment, WITA).strftime("%H:%M:%S WITA")
