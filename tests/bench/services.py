# SPDX-License-Identifier: GPL-3.0-only
"""The processes that are measured: each in a temporary folder, on a port of its own, ended by its own process id."""
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
PEER = HERE.parent / "e2e" / "peer"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port, target="/"):
    """Whether there is any answer to one request; b"" means a port that only takes connections."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            if not target:
                return True
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(12).startswith(b"HTTP/1.1 ")
    except OSError:
        return False


def descendants(pid):
    """A process and all below it."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += descendants(int(child))
    return found


def memory(pid, field="Rss"):
    """Kilobytes of a process and all below it: Rss, or Pss, which counts what they share once."""
    total = 0
    for process in descendants(pid):
        total += int(re.search(rf"^{field}:\s+(\d+)", pathlib.Path(f"/proc/{process}/smaps_rollup").read_text(), re.M)[1])
    return total


def clear_peaks(pid):
    """Begins the peaks of a process and all below it anew: proc_pid_clear_refs(5)."""
    for process in descendants(pid):
        pathlib.Path(f"/proc/{process}/clear_refs").write_text("5")


def peak(pid):
    """Kilobytes: the peaks of a process and all below it, summed."""
    return sum(int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{process}/status").read_text())[1]) for process in descendants(pid))


class Service:
    """with Service(...): runs until the block ends. target is what to ask until it answers; empty: only to connect."""

    def __init__(self, folder, command, port, target="/", env=None):
        self.folder, self.command, self.port, self.target = pathlib.Path(folder), command, port, target
        self.environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(env or {})}

    def __enter__(self):
        self.log = open(self.folder / "output.log", "ab")
        begun = time.monotonic()
        self.process = subprocess.Popen([str(part) for part in self.command], cwd=self.folder, env=self.environment,
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        while self.port and not answers(self.port, self.target):
            if self.process.poll() is not None or time.monotonic() - begun > 30:
                self.__exit__()
                sys.exit(f"{self.command[0]} does not answer:\n{(self.folder / 'output.log').read_text()[-3000:]}")
            time.sleep(0.0005)
        self.started_in = time.monotonic() - begun
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    @property
    def pid(self):
        return self.process.pid


class Bench:
    """Makes the services, given a build and a temporary folder."""

    def __init__(self, build, folder):
        self.build, self.folder, self.made = pathlib.Path(build).resolve(), pathlib.Path(folder), 0
        self.plugins = self.folder / "plugins"
        self.plugins.mkdir()
        for plugin in [*(self.build / "bin" / "plugins").glob("*.so"), *(self.build / "tests" / "bench" / "plugins").glob("*.so")]:
            shutil.copy(plugin, self.plugins)

    def place(self):
        self.made += 1
        place = self.folder / str(self.made)
        place.mkdir()
        return place

    def quoin(self, place=None, target="/healthz", options=(), **settings):
        place, port = place or self.place(), free_port()
        values = {"data.dir": place / "data", "database.url": f"sqlite:///{place}/quoin.db", "http.listen": f"127.0.0.1:{port}",
                  "plugins.dir": self.plugins, "log.requests": "false", **{key.replace("__", "."): value for key, value in settings.items()}}
        arguments = [part for key, value in values.items() for part in (f"--{key}", value)]
        return Service(place, [self.build / "bin" / "quoin", "serve", *options, *arguments], port, target)

    def stock(self):
        port = free_port()
        return Service(self.place(), [self.build / "bin" / "bench_stock", port], port, "/bench/hello")

    def nginx(self, log=False):
        place, port = self.place(), free_port()
        access = f"{place}/access.log" if log else "off"
        (place / "nginx.conf").write_text(f"""
daemon off; user root; worker_processes 1; pid {place}/nginx.pid; error_log {place}/error.log;
events {{ worker_connections 10000; }}
http {{
    access_log {access}; keepalive_requests 1000000000; default_type text/plain;
    client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;
    server {{ listen 127.0.0.1:{port}; location / {{ return 200 "hello\\n"; }} }}
}}""")
        return Service(place, ["nginx", "-e", f"{place}/error.log", "-p", place, "-c", f"{place}/nginx.conf"], port)

    def redis(self):
        port = free_port()
        return Service(self.place(), ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], port, "")

    def peer(self, redis, place=None, target="/record/0"):
        place, port = place or self.place(), free_port()
        env = self.peer_environment(redis, place)
        subprocess.run(["/usr/bin/python3", PEER / "ask.py", "GET", "/record"], env=env, check=True, stdout=subprocess.DEVNULL)
        return Service(place, ["gunicorn", "-w", 2, "-b", f"127.0.0.1:{port}", "--chdir", PEER, "--log-level", "warning", "app:app"], port, target, env)

    def celery(self, redis, place, concurrency=2):
        return Service(place, ["/usr/bin/python3", "-m", "celery", "--workdir", PEER, "-A", "tasks", "worker", "--concurrency", concurrency, "-l", "WARNING"], 0, "",
                       self.peer_environment(redis, place))

    def peer_environment(self, redis, place):
        return {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{place}/test.db", "REDIS_HOST": f"127.0.0.1:{redis.port}", "SIP_DIRECTORY": str(place),
                "CELERY_BROKER_URL": f"redis://127.0.0.1:{redis.port}", "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"], "HOME": str(place)}


def fill(database, count):
    """count records in the table that a server has made, with no tasks: for what only reads."""
    text = '{"title":"The Kitab al-Jabr","year":820,"languages":["ar","la"],"pages":{"count":240,"digitised":true}}'
    with sqlite3.connect(database) as connection:
        connection.executemany("INSERT INTO record (json) VALUES (?)", ((text,) for _ in range(count)))
    connection.close()
