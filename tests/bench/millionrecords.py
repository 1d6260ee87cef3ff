#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-only
"""Fills the SQLite database of a server that has run once and is stopped now with records, to try what is slow with many.

    tests/bench/millionrecords.py DATA_DIR [ROWS]      a million without ROWS; some ten seconds

They were "stored" one a second, the last one now. No tasks and no packages are made.
"""
import json
import os
import sqlite3
import sys
import time

TITLES = ["Elements", "Almagest", "Sidereus Nuncius", "Principia", "De revolutionibus", "Liber Abaci", "Optics",
          "Canon of Medicine", "The Kitab al-Jabr", "Nine Chapters", "Hortus Malabaricus"]


def records(count, first_time):
    for number in range(count):
        data = {"title": TITLES[number % len(TITLES)], "year": 300 + number * 7 % 1400, "number": number,
                "shelf": "%s%d" % ("ABCD"[number % 4], number % 97), "keywords": ["astronomy", "optics"][:number % 3]}
        yield json.dumps(data), first_time + number * 1_000_000


def main():
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    path = os.path.join(sys.argv[1], "quoin.db")
    count = int(sys.argv[2]) if len(sys.argv) == 3 else 1_000_000
    if not os.path.exists(path):
        sys.exit("%s is not there: start the server with this data.dir once, and stop it" % path)
    database = sqlite3.connect(path)
    with database:
        first_time = time.time_ns() // 1000 - count * 1_000_000
        database.executemany("INSERT INTO record (json, created) VALUES (?, ?)", records(count, first_time))
    print("%d records in %s" % (database.execute("SELECT count(*) FROM record").fetchone()[0], path))


main()
