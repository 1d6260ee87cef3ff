# SPDX-License-Identifier: GPL-3.0-only
"""How long it takes from a POST to the package's file, by our queues and by the tutorial's, when there is nothing else to do."""
import contextlib
import ctypes
import http.client
import json
import os
import random
import select
import statistics
import struct
import sys
import time

from measure import quantile, report

POSTS = int(os.environ.get("POSTS", 300))


class Arrivals:
    """Tells the moment a package is finished: renamed there, or closed after writing; see inotify(7)."""

    CLOSED, RENAMED = 0x8, 0x80

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = libc.inotify_init1(os.O_CLOEXEC)
        if libc.inotify_add_watch(self.descriptor, os.fsencode(folder), self.CLOSED | self.RENAMED) < 0:
            sys.exit(f"{folder} cannot be watched: {os.strerror(ctypes.get_errno())}")

    def wait(self, record):
        """The moment, by the monotonic clock, of the first such event of the record's package."""
        while select.select([self.descriptor], [], [], 30)[0]:
            events, now = os.read(self.descriptor, 65536), time.monotonic()
            while events:
                length = struct.unpack_from("iIII", events)[3]
                name = events[16:16 + length].rstrip(b"\0")
                if name.startswith(b"%d_" % record) and name.endswith(b".zip"):
                    return now
                events = events[16 + length:]
        sys.exit("a record was not archived within 30 s")


def delay_of(port, arrivals):
    """Milliseconds from a POST to its package. Each has a connection of its own: gunicorn's workers keep none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    begun = time.monotonic()
    connection.request("POST", "/record", '{"year": 820}', {"Content-Type": "application/json"})
    record = json.load(connection.getresponse())["id"]
    connection.close()
    return (arrivals.wait(record) - begun) * 1000


def delay(bench):
    """One record at a time with pauses between; the systems take turns, the others idle beside."""
    with bench.redis() as redis, bench.postgres() as postgres, contextlib.ExitStack() as started:
        def run(service):
            return started.enter_context(service)

        systems = {}
        for words, database in (("SQLite", bench.sqlite()), ("PostgreSQL", postgres.database())):
            place = bench.place()
            systems[f"queue in {words}, one server"] = run(bench.quoin(place, database=database)).port, place / "data" / "sips"
        for index, (words, database) in enumerate((("SQLite", bench.sqlite()), ("PostgreSQL", postgres.database()))):
            place, url = bench.place(), f"{redis.url[:-1]}{index + 1}"
            run(bench.worker(place, database, queue__url=url))
            systems[f"Celery's queue, server and worker, {words}"] = run(bench.quoin(database=database, queue__url=url, queue__concurrency=0)).port, place / "data" / "sips"
        place = bench.place()
        run(bench.celery(redis, place))
        systems["Flask and Celery worker, PostgreSQL"] = run(bench.peer(redis, place, postgres.database())).port, place
        watched = {name: (port, Arrivals(folder)) for name, (port, folder) in systems.items()}
        for _ in range(10):
            for where in watched.values():
                delay_of(*where)
        runs = {name: [] for name in systems}
        for _ in range(POSTS):
            for name, where in watched.items():
                time.sleep(random.uniform(0.02, 0.06))
                runs[name].append(delay_of(*where))
    for name, times in runs.items():
        goal = "" if name.startswith("Flask") else "p50 ≤ 25 ms"
        report(f"from POST to the package's file, {name}: p50", statistics.median(times), "ms", goal=goal)
        report("p99", quantile(times, 0.99), "ms")
