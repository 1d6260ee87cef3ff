# SPDX-License-Identifier: GPL-3.0-only
"""bench.py BUILD [FIGURE...]: see run.sh. Every figure is the median of RUNS runs, taken in turns with those it is compared with."""
import os
import pathlib
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import archiving
import delays
import live
from measure import RUNS, SECONDS, in_turns, report, table, wrk
from services import clear_peaks, memory, peak
from stack import Bench

ROWS = int(os.environ.get("ROWS", 100_000))


def trivial(bench):
    with bench.nginx() as nginx, bench.stock() as stock, bench.quoin() as quoin:
        runs = in_turns(nginx=lambda: wrk(nginx.port, "/"), stock=lambda: wrk(stock.port, "/bench/hello"),
                        loop=lambda: wrk(quoin.port, "/bench/hello"), pool=lambda: wrk(quoin.port, "/bench/pool"))
    median = {name: statistics.median(values) for name, values in runs.items()}
    report("nginx, 1 worker, `return 200`", median["nginx"], "req/s", runs["nginx"])
    report("stock `QHttpServer::route`", median["stock"], "req/s", runs["stock"])
    report("trivial future route", median["loop"], "req/s", runs["loop"], ("nginx", median["nginx"]), "≥ 0.75 × nginx")
    report("the same", median["loop"], "req/s", None, ("stock", median["stock"]), "≥ 2.2 × stock")
    report("trivial blocking route (pool)", median["pool"], "req/s", runs["pool"], ("future route", median["loop"]))


def logged(bench):
    with bench.nginx(log=True) as nginx, bench.quoin(log__requests="true") as quoin:
        runs = in_turns(nginx=lambda: wrk(nginx.port, "/"), quoin=lambda: wrk(quoin.port, "/bench/hello"))
    against = statistics.median(runs["nginx"])
    report("nginx, access log on", against, "req/s", runs["nginx"])
    report("trivial future route, log.requests on", statistics.median(runs["quoin"]), "req/s", runs["quoin"], ("nginx logging", against))


def idle(bench, count=5000):
    with bench.quoin(http__max_connections=count + 1000, http__idle_timeout="10min") as quoin:
        alone = sorted(wrk(quoin.port, "/bench/hello") for _ in range(RUNS))
        before = memory(quoin.pid)
        crowd = subprocess.Popen([bench.build / "bin" / "bench_idle", str(quoin.port), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if crowd.stdout.readline() != "idle\n":
            sys.exit("bench_idle failed")
        grown = memory(quoin.pid) - before
        beside = sorted(wrk(quoin.port, "/bench/hello") for _ in range(RUNS))
        crowd.stdin.close()
        crowd.wait()
    report(f"trivial future route beside {count} idle connections", statistics.median(beside), "req/s", beside, ("itself alone", statistics.median(alone)), "≥ 0.8 × itself")
    report("memory of an idle connection", grown * 1024 / count, "bytes")


def compared(bench, what, target, goal, script=None, rows=0, databases=None, **settings):
    """One route of ours and the same of the peer, each with its own database of so many rows. settings may ask for {redis}, the peer's."""
    with bench.redis() as redis:
        place = bench.place()
        make = databases.database if databases else bench.sqlite
        ours, theirs = make(), make()
        settings = {key: str(value).format(redis=redis.url) for key, value in settings.items()}
        with bench.peer(redis, place, theirs) as peer, bench.quoin(database=ours, **settings) as quoin:
            for database in (ours, theirs) if rows else ():
                database.fill(rows)
            for port in (peer.port, quoin.port):
                wrk(port, target, script, seconds=1)  # to warm up
            runs = in_turns(peer=lambda: wrk(peer.port, target, script), quoin=lambda: wrk(quoin.port, target, script))
    against = statistics.median(runs["peer"])
    report(f"{what}: Flask on gunicorn, 2 workers", against, "req/s", runs["peer"])
    report(what, statistics.median(runs["quoin"]), "req/s", runs["quoin"], ("Flask", against), goal)


def counter(bench):
    compared(bench, "`GET /`, counted in SQLite (peer: Redis)", "/", "≥ 20 × Flask")
    compared(bench, "`GET /`, counted in Redis", "/", "≥ 20 × Flask", redis__url="{redis}")
    compared(bench, "`GET /`, counted in Redis, 2 workers as the peer has", "/", "≥ 20 × Flask", redis__url="{redis}", http__workers=2)


def post(bench):
    compared(bench, "`POST /record` with its task, SQLite, tasks run elsewhere", "/record", "≥ 15,000; ≥ 40 × Flask", "post.lua", queue__concurrency=0)
    compared(bench, "`POST /record` with its task, SQLite, archiving meanwhile (peer: not)", "/record", "", "post.lua")
    with bench.postgres() as postgres:
        compared(bench, "`POST /record` with its task, PostgreSQL, tasks run elsewhere", "/record", "≥ 20 × Flask", "post.lua", databases=postgres, queue__concurrency=0)
        compared(bench, "`POST /record` with its task, PostgreSQL, handed to Celery's queue meanwhile", "/record", "", "post.lua", databases=postgres,
                 queue__url="{redis}", queue__concurrency=0, sip__task_name="app.make_sip")


def one(bench):
    compared(bench, "`GET /record/{id}`, SQLite", "/record/500", "≥ 20 × Flask", rows=1000)
    with bench.postgres() as postgres:
        compared(bench, "`GET /record/{id}`, PostgreSQL", "/record/500", "", rows=1000, databases=postgres)


def read_list(port):
    """Seconds to the first byte of the body, seconds to its end, records, of one GET /record."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /record HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
        parts = [connection.recv(1 << 18)]
        first = time.monotonic() - begun
        while part := connection.recv(1 << 18):
            parts.append(part)
        last = time.monotonic() - begun
    return first, last, b"".join(parts).count(b'"data":')


def list_all(bench):
    database = bench.sqlite()
    with bench.quoin(database=database) as quoin:
        database.fill(ROWS)
    with bench.quoin(database=database) as quoin:
        before = memory(quoin.pid)
        clear_peaks(quoin.pid)
        runs = [read_list(quoin.port) for _ in range(RUNS)]
        highest = peak(quoin.pid)
    if {rows for _, _, rows in runs} != {ROWS}:
        sys.exit(f"GET /record: expected {ROWS} records, counted {runs}")
    rates = sorted(ROWS / last for _, last, _ in runs)
    database = bench.sqlite()
    with bench.redis() as redis, bench.peer(redis, database=database) as peer:
        database.fill(ROWS)
        against = ROWS / min(read_list(peer.port)[1] for _ in range(2))
    report(f"`GET /record` of {ROWS:,} records: Flask", against, "rows/s")
    report(f"`GET /record` of {ROWS:,} records", statistics.median(rates), "rows/s", rates, ("Flask", against), "≥ 500,000; ≥ 20 × Flask")
    report("its first byte after", statistics.median(first for first, _, _ in runs) * 1000, "ms", goal="< 50 ms")
    report("its growth of resident memory", (highest - before) / 1024, "MB", goal="< 16 MB")


def start(bench):
    place = bench.place()
    first, runs = None, []
    for _ in range(RUNS + 1):
        with bench.quoin(place, target="/") as quoin:
            time.sleep(0.5)
            sizes = memory(quoin.pid), memory(quoin.pid, "Pss")
            first, runs = first or quoin.started_in * 1000, runs + [quoin.started_in * 1000]
    with bench.redis() as redis:
        theirs = bench.place()
        with bench.peer(redis, theirs) as peer, bench.celery(redis, theirs) as celery:
            time.sleep(4)
            against = [memory(peer.pid, field) + memory(celery.pid, field) for field in ("Rss", "Pss")]
    report("start to first answer: gunicorn alone", peer.started_in * 1000, "ms")
    report("start to first answer, first start (makes the database)", first, "ms", None, None, "< 200 ms")
    report("start to first answer", statistics.median(runs[1:]), "ms", runs[1:], ("gunicorn", peer.started_in * 1000), "< 200 ms")
    report("idle memory, resident: gunicorn and Celery worker", against[0] / 1024, "MB")
    report("idle memory, resident", sizes[0] / 1024, "MB", None, ("Python", against[0] / 1024), "< 40 MB")
    report("idle memory, shared pages counted once", sizes[1] / 1024, "MB", None, ("Python", against[1] / 1024))


def machine():
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())[1]
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)', pathlib.Path("/etc/os-release").read_text(), re.M))["PRETTY_NAME"]
    qt = subprocess.run(["qmake6", "-query", "QT_VERSION"], capture_output=True, text=True).stdout.strip() or "unknown"
    return (f"{model}, {len(os.sched_getaffinity(0))} of {os.cpu_count()} cores shared by server and client, Linux {platform.release()}, {release}, Qt {qt}; "
            f"wrk -t1 -c32, {RUNS} runs of {SECONDS} s, median; load before: {os.getloadavg()[0]:.2f}")


FIGURES = {"trivial": trivial, "logged": logged, "idle": idle, "counter": counter, "post": post, "one": one, "list": list_all, "sips": archiving.sips, "database_sips": archiving.handed_over, "delay": delays.delay, "start": start,
           "rolls": live.rolls, "crashes": live.crashes, "supervised": live.supervised}


def main():
    build, *chosen = sys.argv[1:]
    if unknown := set(chosen) - set(FIGURES):
        sys.exit(f"there is no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    described = machine()
    print(described, flush=True)
    with tempfile.TemporaryDirectory(prefix="quoin-bench-") as folder:
        bench = Bench(build, folder)
        for name in chosen or FIGURES:
            FIGURES[name](bench)
    print(f"\n{described}\n\n| work | median | range | ratio | goal |\n|---|---|---|---|---|")
    for row in table:
        print("| " + " | ".join(row) + " |")


main()
