"""How many reports a second `flask tickets import` writes: python bench/import.py [ROWS]."""

from __future__ import annotations

import csv
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config import Settings
from feedback.app import create_app
from feedback.clocks.actions import seed_calendars_and_policies
from feedback.storage.session import db
from feedback.tickets.actions.imports import ImportTickets, import_tickets
from feedback.tickets.rules.imports import parse_map
from feedback.tickets.rules.imports.places import Sort

SENTENCE = (
    "lampu jalan mati gelap selokan mampet banjir sampah menumpuk pohon tumbang jalan berlubang trotoar rusak mohon "
    "segera ditindaklanjuti terima kasih warga kampung malam hari sejak minggu lalu depan sekolah pasar kelurahan gang"
)
WHEN = "%Y-%m-%d %H:%M:%S"
WORDS = SENTENCE.split()
MAP = {
    "source": "bench",
    "columns": {
        "ref": "no", "text": "isi", "district": "kecamatan", "topic": "topik", "agency": "instansi",
        "received": "masuk", "answered": "jawab",
    },
    "time": {"zone": "UTC"},
    "government": {"slug": "kota-uji", "name": "Kota Uji", "zone": "Asia/Jakarta"},
    "region": {"parent": "99.01", "names": {"99": "Provinsi Uji", "99.01": "Kota Uji"}},
    "topics": {"national_category": "Topik Lainnya"},
}  # fmt: skip


def write_rows(path: Path, count: int) -> None:
    """Invented reports of two years: about 35 words each, one in sixteen without an answer."""
    chance = random.Random(7)
    begin = datetime(2022, 1, 1, tzinfo=UTC)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["no", "isi", "kecamatan", "topik", "instansi", "masuk", "jawab"])
        for number in range(count):
            received = begin + timedelta(minutes=chance.randrange(730 * 1440))
            answered = received + timedelta(minutes=chance.expovariate(1 / 900))
            text = " ".join(f"{chance.choice(WORDS)}{chance.choice(('', '', '', str(number % 97)))}" for _ in range(35))
            place, topic, agency = (chance.randrange(most) for most in (30, 40, 50))
            answer = f"{answered:{WHEN}}" if number % 16 else ""
            names = [f"Kecamatan {place}", f"Topik {topic}", f"Dinas {agency}"]
            writer.writerow([number, text, *names, f"{received:{WHEN}}", answer])


def main(count: int) -> None:
    """Import once into an empty SQLite database, then run it again."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        write_rows(file, count)
        settings = Settings(
            secret_key="a key for measuring only 0123456789",
            database_url=f"sqlite:///{folder}/bench.sqlite3",
            instance=Path(folder),
            public_url="http://localhost",
            trusted_hosts=("localhost",),
        )
        with create_app(settings).app_context():
            db.create_all()
            seed_calendars_and_policies()
            command = ImportTickets(file, parse_map(MAP), frozenset(Sort))
            for name in ("first run", "again"):
                start, used = time.perf_counter(), time.process_time()
                outcome = import_tickets(command, lambda *_: None)
                seconds = time.perf_counter() - start
                used = time.process_time() - used
                rate = f"{count / seconds:,.0f} rows/s, {count / used:,.0f} by processor time"
                print(f"{name}: {outcome.written:,} written in {seconds:.1f} s, {rate}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
