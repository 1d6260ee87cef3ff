# SPDX-License-Identifier: GPL-3.0-only
"""make_sip by our worker and by Celery's: how many a second, and how much memory that needs."""
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import time
import zlib

from measure import RUNS, report
from services import memory
from stack import PEER

TASKS = int(os.environ.get("TASKS", 10_000))
WARM = 200


def packages(folder):
    """Of finished packages: what is being written has another name."""
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        return [entry for entry in entries if entry.name.endswith(".zip") and not entry.name.startswith(".")]
    return []


def wait_for(folder, count):
    """Looks seldom, because the look takes time from those who are measured; when each was finished, its inode tells."""
    begun = time.monotonic()
    while (made := len(packages(folder))) < count:
        if time.monotonic() - begun > 300:
            sys.exit(f"after five minutes {folder} has {made} of {count} packages")
        time.sleep(0.2)
    if made > count:
        sys.exit(f"{folder} has {made} packages of {count} tasks")


def finished(folder):
    """When each package got its name or its last byte, in seconds since 1970, in order."""
    return sorted(entry.stat().st_ctime_ns / 1e9 for entry in packages(folder))


def push(bench, redis, first, count):
    """As the tutorial's web process does, make_sip.delay for each record."""
    subprocess.run(["/usr/bin/python3", "-c", f"from tasks import make_sip\nfor i in range({first}, {first + count}): make_sip.delay(i, {{'year': 820}})"],
                   env={**bench.peer_environment(redis, bench.folder), "PYTHONPATH": str(PEER)}, check=True)


class Archiver:
    """A worker at the queue "celery", and the folder it fills."""

    def __init__(self, name, service, folder, proven):
        self.name, self.service, self.folder, self.proven = name, service, folder, proven

    def run(self, bench, redis):
        """Tasks a second, all of them waiting at the start and the worker warm; memory before and after, as (Rss, Pss) in kB."""
        push(bench, redis, WARM, TASKS)
        redis.client.rename("celery", "held")
        with self.service:
            push(bench, redis, 0, WARM)
            wait_for(self.folder, WARM)
            time.sleep(2)
            idle = self.sizes()
            begun = time.time()
            redis.client.rename("held", "celery")
            wait_for(self.folder, WARM + TASKS)
            rate = TASKS / (finished(self.folder)[-1] - begun)
            time.sleep(2)
            after = self.sizes()
            if left := [name for name in ("celery", "unacked") if redis.client.exists(name)]:
                sys.exit(f"{self.name} leaves {left} behind")
        self.proven(self.folder)
        return rate, idle, after

    def sizes(self):
        return tuple(memory(self.service.pid, field) for field in ("Rss", "Pss"))


def ours(bench, redis, database, **settings):
    place = bench.place()
    return Archiver("quoin worker", bench.worker(place, database, queue__url=redis.url, queue__concurrency=2, **settings), place / "data" / "sips",
                    lambda folder: subprocess.run([bench.build / "bin" / "quoin", "sip", "verify", folder], check=True, stdout=subprocess.DEVNULL))


def theirs(bench, redis):
    place = bench.place()
    return Archiver("celery worker", bench.celery(redis, place), place, inflate)


def inflate(folder):
    for entry in packages(folder):
        with open(entry.path, "rb") as package:
            zlib.decompress(package.read())


def sips(bench):
    """Both through one Redis queue, in turns."""
    runs = {"theirs": [], "sqlite": [], "postgres": []}
    with bench.redis() as redis, bench.postgres() as postgres:
        for _ in range(RUNS):
            runs["theirs"].append(theirs(bench, redis).run(bench, redis))
            runs["sqlite"].append(ours(bench, redis, bench.sqlite()).run(bench, redis))
            runs["postgres"].append(ours(bench, redis, postgres.database()).run(bench, redis))
    rates = {name: sorted(rate for rate, *_ in of) for name, of in runs.items()}
    against = statistics.median(rates["theirs"])
    report(f"{TASKS:,} `make_sip` through Redis: Celery worker, 2 processes, zlib stream, no fsync", against, "tasks/s", rates["theirs"])
    for name, words in (("sqlite", "SQLite"), ("postgres", "PostgreSQL")):
        report(f"the same, 2 threads, verified BagIt zip, fsync, history in {words}", statistics.median(rates[name]), "tasks/s", rates[name], ("Celery", against), "≥ 5 × Celery")
    report_memory(runs)


def report_memory(runs):
    for when, index in (("idle", 1), (f"after {TASKS:,} tasks", 2)):
        for which, words in ((0, "resident"), (1, "shared pages counted once")):
            megabytes = {name: sorted(run[index][which] / 1024 for run in of) for name, of in runs.items()}
            against = statistics.median(megabytes["theirs"])
            report(f"memory of all processes of a worker {when}, {words}: Celery", against, "MB", megabytes["theirs"])
            for name, word in (("sqlite", "SQLite"), ("postgres", "PostgreSQL")):
                report(f"the same, ours ({word})", statistics.median(megabytes[name]), "MB", megabytes[name], ("Celery", against), "≤ 0.33 × Celery")


def handed_over(bench):
    """The queue in the database: as many posted beforehand, then one worker; the first twentieth is its start and warming up."""
    rates = {"SQLite": [], "PostgreSQL": []}
    with bench.postgres() as postgres:
        for _ in range(RUNS):
            for words, make in (("SQLite", bench.sqlite), ("PostgreSQL", postgres.database)):
                database, place = make(), bench.place()
                with bench.quoin(database=database, queue__concurrency=0) as quoin:
                    post_some(quoin.port, TASKS)
                with bench.worker(place, database, queue__concurrency=2):
                    wait_for(place / "data" / "sips", TASKS)
                times = finished(place / "data" / "sips")[TASKS // 20:]
                rates[words].append((len(times) - 1) / (times[-1] - times[0]))
    for words, runs in rates.items():
        report(f"{TASKS:,} `make_sip` through the queue in {words}, 2 threads", statistics.median(runs), "tasks/s", sorted(runs))


def post_some(port, count):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for _ in range(count):
            connection.sendall(b'POST /record HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"year": 820}')
            if not connection.recv(65536).startswith(b"HTTP/1.1 200"):
                sys.exit("POST /record was refused")
