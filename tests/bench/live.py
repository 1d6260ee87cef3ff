# SPDX-License-Identifier: GPL-3.0-only
"""What changes while it serves: files that come and go, workers that die, and what the supervisor costs."""
import http.client
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time

from measure import RUNS, in_turns, report, wrk
from services import descendants, memory

ROLLS = int(os.environ.get("ROLLS", 10))


def status_of(port, target):
    """Of one request on a connection of its own; 0 if there was no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", target)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def milliseconds_until(port, target, status):
    begun = time.monotonic()
    while status_of(port, target) != status:
        if time.monotonic() - begun > 30:
            sys.exit(f"GET {target} did not become {status}")
    return (time.monotonic() - begun) * 1000


def drop(source, folder):
    """As a careful person does: complete, or not there at all."""
    shutil.copy(source, folder / ".incoming")
    os.rename(folder / ".incoming", folder / source.name)


def come_and_go(quoin, plugin, folder):
    """Milliseconds from copied to live, and from removed to gone, of each roll."""
    come, go = [], []
    for _ in range(ROLLS):
        drop(plugin, folder)
        come.append(milliseconds_until(quoin.port, "/bench/hello", 200))
        (folder / plugin.name).unlink()
        go.append(milliseconds_until(quoin.port, "/bench/hello", 404))
    return sorted(come), sorted(go)


class Load:
    """with Load(port): wrk asks all the while; afterwards failed says how often in vain."""

    def __init__(self, port, target="/healthz"):
        self.command = ["wrk", "-t1", "-c32", "-d120s", f"http://127.0.0.1:{port}{target}"]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        text = self.process.communicate(timeout=30)[0]
        self.requests = int(re.search(r"(\d+) requests in", text)[1])
        errors = re.search(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        self.failed = sum(map(int, errors.groups() if errors else [])) + int(refused[1] if refused else 0)


def rolls(bench):
    folder, plugin = bench.folder / "rolled", bench.plugins / "bench.so"
    shutil.copytree(bench.plugins, folder, ignore=shutil.ignore_patterns("bench.so"))
    with bench.quoin(plugins__dir=folder) as quoin:
        come, go = come_and_go(quoin, plugin, folder)
        with Load(quoin.port) as load:
            come_loaded, go_loaded = come_and_go(quoin, plugin, folder)
    report("a plugin copied to live, idle", statistics.median(come), "ms", come, goal="≤ 100 ms")
    report("removed to gone, idle", statistics.median(go), "ms", go)
    report("a plugin copied to live, under load", statistics.median(come_loaded), "ms", come_loaded, goal="≤ 250 ms")
    report("removed to gone, under load", statistics.median(go_loaded), "ms", go_loaded)
    report(f"requests failed in {2 * ROLLS} rolls, of {load.requests:,}", load.failed, "requests", goal="0")


def crashes(bench):
    folder, crasher = bench.folder / "crashing", bench.build / "tests" / "plugins" / "files" / "crasher.so"
    shutil.copytree(bench.plugins, folder)
    shutil.copy(crasher, folder)
    with bench.quoin(plugins__dir=folder, http__workers=2) as quoin:
        with Load(quoin.port, "/bench/hello") as load:
            for _ in range(2):  # the third would be its last
                status_of(quoin.port, "/crasher/null-store")
                time.sleep(1)
    report(f"requests failed by a SIGSEGV, two workers, 32 clients, of {load.requests:,}", load.failed / 2, "requests", goal="those in flight there")
    runs = []
    for _ in range(RUNS):
        with bench.quoin() as quoin:  # a new one each: the pause before a restart grows with failures that follow each other
            (worker,) = set(descendants(quoin.pid)) - {quoin.pid}
            os.kill(worker, signal.SIGKILL)
            runs.append(milliseconds_until(quoin.port, "/healthz", 200))
    report("a worker's death to the next answer", statistics.median(runs), "ms", sorted(runs), goal="≤ 50 ms")


def supervised(bench):
    with bench.quoin() as quoin, bench.quoin(options=["--single"]) as single:
        runs = in_turns(single=lambda: wrk(single.port, "/bench/hello"), supervised=lambda: wrk(quoin.port, "/bench/hello"))
    against = statistics.median(runs["single"])
    report("trivial future route, serve --single", against, "req/s", runs["single"])
    report("trivial future route, supervised", statistics.median(runs["supervised"]), "req/s", runs["supervised"], ("--single", against), "≥ 0.9 × --single")
    sizes = {}
    for workers in (1, 4):
        with bench.quoin(http__workers=workers) as quoin:
            time.sleep(0.5)
            sizes[workers] = memory(quoin.pid, "Pss")
    report("memory of a further worker, shared pages counted once", (sizes[4] - sizes[1]) / 3 / 1024, "MB", goal="≤ 8 MB")
