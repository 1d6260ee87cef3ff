# SPDX-License-Identifier: GPL-3.0-only
"""What is compared: our server and worker, the tutorial's, and nginx, each with the stores it is given."""
import os
import pathlib
import shutil
import subprocess

from services import HERE, Service, free_port
from stores import Postgres, Redis, SqliteFile

PEER = HERE.parent / "peer"


class Bench:
    """Makes the services, given a build and a temporary folder."""

    def __init__(self, build, folder):
        self.build, self.folder, self.made = pathlib.Path(build).resolve(), pathlib.Path(folder), 0
        self.folder.chmod(0o711)  # for a server that runs as another user
        self.plugins = self.folder / "plugins"
        self.plugins.mkdir()
        for plugin in [*(self.build / "bin" / "plugins").glob("*.so"), *(self.build / "tests" / "bench" / "plugins").glob("*.so")]:
            shutil.copy(plugin, self.plugins)

    def place(self):
        self.made += 1
        place = self.folder / str(self.made)
        place.mkdir()
        return place

    def redis(self):
        return Redis(self.place())

    def postgres(self):
        return Postgres(self.place())

    def sqlite(self):
        return SqliteFile(self.place() / "records.db")

    def quoin(self, place=None, target="/healthz", options=(), database=None, **settings):
        place, port = place or self.place(), free_port()
        return Service(place, self.command("serve", place, database, {"http.listen": f"127.0.0.1:{port}", **settings}, options), port, target)

    def worker(self, place, database, **settings):
        """quoin worker; it listens nowhere, so whoever needs it waits for what it does."""
        return Service(place, self.command("worker", place, database, settings), 0)

    def command(self, verb, place, database, settings, options=()):
        values = {"data.dir": place / "data", "database.url": (database or SqliteFile(place / "quoin.db")).url, "plugins.dir": self.plugins,
                  "log.requests": "false", **{key.replace("__", "."): value for key, value in settings.items()}}
        return [self.build / "bin" / "quoin", verb, *options, *(part for key, value in values.items() for part in (f"--{key}", value))]

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

    def peer(self, redis, place=None, database=None, target="/record/0"):
        """The tutorial's web part: gunicorn with two workers."""
        place, port = place or self.place(), free_port()
        env = self.peer_environment(redis, place, database)
        subprocess.run(["/usr/bin/python3", PEER / "ask.py", "GET", "/record"], env=env, check=True, stdout=subprocess.DEVNULL)
        return Service(place, ["gunicorn", "-w", 2, "-b", f"127.0.0.1:{port}", "--chdir", PEER, "--log-level", "warning", "app:app"], port, target, env)

    def celery(self, redis, place, concurrency=2):
        """The tutorial's worker; its files go to the place."""
        return Service(place, ["/usr/bin/python3", "-m", "celery", "--workdir", PEER, "-A", "tasks", "worker", "--concurrency", concurrency, "-l", "WARNING"], 0,
                       env=self.peer_environment(redis, place))

    @staticmethod
    def peer_environment(redis, place, database=None):
        return {"SQLALCHEMY_DATABASE_URI": (database or SqliteFile(place / "test.db")).url, "REDIS_HOST": f"127.0.0.1:{redis.port}", "SIP_DIRECTORY": str(place),
                "CELERY_BROKER_URL": redis.url, "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"], "HOME": str(place)}
