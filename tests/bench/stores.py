# SPDX-License-Identifier: GPL-3.0-only
"""Where records, counters and tasks live: SQLite files, a PostgreSQL server and a Redis server of the measurement's own, with their defaults."""
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

from redis import Redis as Client

from services import Service, free_port

RECORD = '{"title":"The Kitab al-Jabr","year":820,"languages":["ar","la"],"pages":{"count":240,"digitised":true}}'


class SqliteFile:
    def __init__(self, path):
        self.path = path
        self.url = f"sqlite:///{path}"

    def fill(self, count):
        """count records in the table that a server has made, with no tasks: for what only reads."""
        with sqlite3.connect(self.path) as connection:
            connection.executemany("INSERT INTO record (json) VALUES (?)", ((RECORD,) for _ in range(count)))
        connection.close()


class PostgresDatabase:
    def __init__(self, server, name):
        self.server, self.name = server, name
        self.url = f"postgresql+psycopg2://quoin@127.0.0.1:{server.port}/{name}"

    def fill(self, count):
        self.server.sql(f"INSERT INTO record (json) SELECT '{RECORD}' FROM generate_series(1, {count}); ANALYZE record", self.name)


class Postgres(Service):
    """As initdb leaves it, which is as Debian ships it: fsync and synchronous_commit on, 128 MB of shared buffers."""

    def __init__(self, place):
        self.account, self.made = as_owner_of_servers(place), 0
        super().__init__(place, [binaries() / "postgres", "-D", place / "data", "-k", place, "-c", "listen_addresses=127.0.0.1"], free_port(), "",
                         end=signal.SIGINT, user=self.account)
        self.command += ["-p", self.port]

    def __enter__(self):
        subprocess.run([binaries() / "initdb", "-D", self.folder / "data", "-U", "quoin", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions"],
                       cwd="/", user=self.account, group=self.account, extra_groups=[] if self.account else None, check=True, stdout=subprocess.DEVNULL)
        super().__enter__()
        while subprocess.run([binaries() / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False).returncode:
            time.sleep(0.02)
        return self

    def sql(self, statement, database="postgres"):
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port), "-U", "quoin", "-d", database, "-c", statement], check=True)

    def database(self):
        """An empty one."""
        self.made += 1
        self.sql(f"CREATE DATABASE bench{self.made}")
        return PostgresDatabase(self, f"bench{self.made}")


class Redis(Service):
    """Nothing is written to disk: what is compared waits for the same."""

    def __init__(self, place):
        port = free_port()
        super().__init__(place, ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], port, "")
        self.url = f"redis://127.0.0.1:{port}/0"
        self.client = Client(port=port)


def binaries():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        sys.exit("tests/bench: PostgreSQL is missing: apt-get install postgresql")
    return found[-1].parent


def as_owner_of_servers(place):
    """PostgreSQL refuses to be root: the user it runs as then, who gets the folder; else None."""
    if os.geteuid() != 0:
        return None
    shutil.chown(place, "postgres", "postgres")
    return "postgres"
