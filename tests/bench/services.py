# SPDX-License-Identifier: GPL-3.0-only
"""The processes that are measured: each in a temporary folder, on a port of its own, ended by its own process id."""
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent


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
    """with Service(...): runs until the block ends. target is what to ask until it answers; empty: only to connect; port 0: not at all."""

    def __init__(self, folder, command, port, target="/", env=None, end=signal.SIGTERM, user=None):
        self.folder, self.command, self.port, self.target = pathlib.Path(folder), command, port, target
        self.end, self.user = end, user
        self.environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(env or {})}

    def __enter__(self):
        self.log = open(self.folder / "output.log", "ab")
        begun = time.monotonic()
        self.process = subprocess.Popen([str(part) for part in self.command], cwd=self.folder, env=self.environment,
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, user=self.user, group=self.user,
                                        extra_groups=[] if self.user else None)
        while self.port and not answers(self.port, self.target):
            if self.process.poll() is not None or time.monotonic() - begun > 30:
                self.__exit__()
                sys.exit(f"{self.command[0]} does not answer:\n{(self.folder / 'output.log').read_text()[-3000:]}")
            time.sleep(0.0005)
        self.started_in = time.monotonic() - begun
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(self.end)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    @property
    def pid(self):
        return self.process.pid
