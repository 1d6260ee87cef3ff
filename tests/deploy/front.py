#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-only
"""front.py PROGRAM: haproxy.cfg as compose.yaml has it, in front of real hosts: found by one name that has as many addresses as there are
hosts (a name server of our own says which), and told by the PROXY protocol who the client is. Hosts are different addresses of the loopback.

Exit code 77: haproxy is missing."""

import http.client
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

from waiting import eventually

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
ADDRESS_RECORD, INTERNET = 1, 1  # RFC 1035, 3.2.2 and 3.2.4
CLIENT = "127.0.0.9"
PATIENCE = 30


def free_port():
    """One that is free on every address."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return probe.getsockname()[1]


class NameServer(threading.Thread):
    """Answers each question for an address with those it has now, and any other with none (RFC 1035, 4.1)."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.addresses = []

    def run(self):
        while True:
            try:
                question, client = self.socket.recvfrom(4096)
            except OSError:
                return
            self.socket.sendto(self.answer(question), client)

    def answer(self, question):
        end = question.index(0, 12) + 5  # the name, its kind and its class
        kind, = struct.unpack("!H", question[end - 4:end - 2])
        addresses = self.addresses if kind == ADDRESS_RECORD else []
        head = question[:2] + struct.pack("!HHHHH", 0x8580, 1, len(addresses), 0, 0)
        records = [struct.pack("!HHHIH", 0xc00c, ADDRESS_RECORD, INTERNET, 1, 4) + socket.inet_aton(address) for address in addresses]
        return head + question[12:end] + b"".join(records)


class Front(unittest.TestCase):
    def setUp(self):
        self.place = pathlib.Path(tempfile.mkdtemp())
        self.processes = {}
        self.names = NameServer()
        self.names.start()
        self.host_port, self.port, self.figures = free_port(), free_port(), free_port()
        self.asked = 0

    def tearDown(self):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(60)
        self.names.socket.close()
        shutil.rmtree(self.place)

    def start(self, name, arguments, **environment):
        with open(self.place / f"{name}.log", "wb") as log:
            self.processes[name] = subprocess.Popen(arguments, env={**os.environ, **environment}, stdout=log, stderr=log)

    def start_host(self, address, **settings):
        self.start(address, [PROGRAM, "serve", "--data.dir", self.place / address, "--http.listen", f"{address}:{self.host_port}",
                             "--log.format", "json", "--log.requests", "true", "--queue.concurrency", "0"], **settings)

    def start_front(self, **settings):
        self.start("haproxy", ["haproxy", "-f", DEPLOY / "haproxy.cfg"], QUOIN_FRONT_LISTEN=f"127.0.0.1:{self.port}",
                   QUOIN_FRONT_FIGURES=f"127.0.0.1:{self.figures}", QUOIN_WEB_DNS=f"web:{self.host_port}",
                   QUOIN_DNS=f"127.0.0.1:{self.names.port}", **settings)

    def ask(self, path):
        """The answer's status and body; from an address that nobody else here has, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20, source_address=(CLIENT, 0))
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return None, b""
        finally:
            connection.close()

    def requests_of(self, address, path):
        """What a host has written of requests for a path."""
        with open(self.place / f"{address}.log", encoding="utf-8") as log:
            lines = [json.loads(line) for line in log if line.startswith("{")]
        return [line for line in lines if line.get("path") == path]

    def serves(self, address):
        """Whether one of four requests, for what nobody serves, came to that host."""
        self.asked += 1
        path = f"/nothing/{self.asked}"
        for _ in range(4):
            self.assertIn(self.ask(path)[0], (404, 503, None))
        return self.requests_of(address, path)

    def test_a_host_is_found_by_the_name_of_all_and_forgotten_with_its_address(self):
        hosts = ["127.0.0.2", "127.0.0.3"]
        for address in hosts:
            self.start_host(address, QUOIN_AUTH_ANONYMOUS_WRITES="true")
        self.names.addresses = hosts[:1]
        self.start_front()
        eventually("the first host serves", lambda: self.serves(hosts[0]), PATIENCE)
        self.assertFalse(self.requests_of(hosts[1], f"/nothing/{self.asked}"))
        self.names.addresses = hosts
        eventually("the second host serves, too", lambda: self.serves(hosts[1]), PATIENCE)
        self.names.addresses = hosts[1:]
        eventually("the first is forgotten", lambda: not any(self.serves(hosts[0]) for _ in range(3)), PATIENCE)
        self.assertEqual(self.ask("/readyz")[0], 200)

    def test_a_host_is_told_who_the_client_is(self):
        self.start_host("127.0.0.2", QUOIN_AUTH_ANONYMOUS_WRITES="true", QUOIN_HTTP_PROXY_PROTOCOL="required", QUOIN_HTTP_PROXIES="127.0.0.1,127.0.0.2")
        self.names.addresses = ["127.0.0.2"]
        self.start_front(QUOIN_SEND_PROXY="yes")
        eventually("the host serves", lambda: self.ask("/readyz")[0] == 200, PATIENCE)
        self.assertEqual(self.ask("/nothing")[0], 404)
        lines = eventually("its line", lambda: self.requests_of("127.0.0.2", "/nothing"), PATIENCE)
        self.assertEqual([line["peer"] for line in lines], [CLIENT])


if __name__ == "__main__":
    if not shutil.which("haproxy"):
        print("install the Debian package haproxy")
        sys.exit(77)
    PROGRAM = sys.argv.pop(1)
    unittest.main()
