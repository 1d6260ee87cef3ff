#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-only
"""confined.py UNIT PROGRAM: runs the program under what the unit takes away from it, as far as that goes without systemd as process 1, and
tries what it is for: a plugin is probed, a record is stored and archived, settings are read again, the end is clean.

From the unit: SystemCallFilter=, SystemCallErrorNumber=, MemoryDenyWriteExecute=, RestrictAddressFamilies=, RestrictNamespaces= (by seccomp),
CapabilityBoundingSet=, NoNewPrivileges=, PrivateUsers=, ProtectSystem=strict, PrivateTmp= (of /tmp), ProtectProc=, ProcSubset=, UMask=,
User= (as nobody). Not tried here: the device policy, RestrictSUIDSGID=, LockPersonality=, control groups.

Exit code 77: root, user namespaces, python3-seccomp or systemd-analyze is missing."""

import ctypes
import errno
import functools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from waiting import eventually

try:
    import seccomp
except ImportError:
    print("install the Debian package python3-seccomp")
    sys.exit(77)

libc = ctypes.CDLL(None, use_errno=True)
NOBODY = 65534
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
NAMESPACES = {"cgroup": 0x02000000, "ipc": 0x08000000, "net": 0x40000000, "mnt": CLONE_NEWNS, "pid": 0x20000000, "user": CLONE_NEWUSER,
              "uts": 0x04000000, "time": 0x80}
PROT_WRITE, PROT_EXEC = 2, 4


def directives(unit):
    """Every NAME=VALUE of [Service], in order."""
    section = ""
    for line in open(unit, encoding="utf-8"):
        line = line.strip()
        if line.startswith("["):
            section = line
        elif section == "[Service]" and "=" in line and not line.startswith("#"):
            yield line.split("=", 1)


def calls_of(word):
    """The names behind "@set" or "name"."""
    if not word.startswith("@"):
        return {word}
    text = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", word], check=True, capture_output=True, text=True).stdout
    names = set()
    for line in text.splitlines()[1:]:
        line = line.strip()
        if line and not line.startswith("#"):
            names |= calls_of(line)
    return names


@functools.lru_cache
def allowed_calls(unit):
    allowed = set(calls_of("@default"))
    for name, value in directives(unit):
        if name != "SystemCallFilter":
            continue
        words = set().union(*(calls_of(word) for word in value.lstrip("~").split()))
        allowed = allowed - words if value.startswith("~") else allowed | words
    return allowed


def one(unit, wanted):
    found = [value for name, value in directives(unit) if name == wanted]
    assert found, f"{unit} has no {wanted}="
    return found[-1]


def make_filter(unit):
    """As systemd's of these settings."""
    assert one(unit, "SystemCallErrorNumber") == "EPERM" and one(unit, "MemoryDenyWriteExecute") == "yes"
    filter_ = seccomp.SyscallFilter(defaction=seccomp.ERRNO(errno.EPERM))
    special = {"mmap", "mprotect", "pkey_mprotect", "shmat", "socket", "unshare", "clone", "clone3", "setns"}

    def allow(name, *arguments):
        filter_.add_rule(seccomp.ALLOW, name, *arguments)

    for name in sorted(allowed_calls(unit) - special):
        try:
            allow(name)
        except (RuntimeError, OSError, ValueError):
            pass  # of another architecture
    allow("mmap", seccomp.Arg(2, seccomp.MASKED_EQ, PROT_WRITE, 0))
    allow("mmap", seccomp.Arg(2, seccomp.MASKED_EQ, PROT_EXEC, 0))
    allow("mprotect", seccomp.Arg(2, seccomp.MASKED_EQ, PROT_EXEC, 0))
    for family in one(unit, "RestrictAddressFamilies").split():
        allow("socket", seccomp.Arg(0, seccomp.EQ, int(getattr(socket, family))))
    forbidden = 0
    for kind in set(NAMESPACES) - set(one(unit, "RestrictNamespaces").split()):
        forbidden |= NAMESPACES[kind]
    allow("unshare", seccomp.Arg(0, seccomp.MASKED_EQ, forbidden, 0))
    allow("clone", seccomp.Arg(0, seccomp.MASKED_EQ, forbidden & ~0xff, 0))
    filter_.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    return filter_


def check(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def mount_attributes(path, to_set, to_clear, recursive):
    class Attributes(ctypes.Structure):
        _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns")]

    attributes = Attributes(to_set, to_clear, 0, 0)
    flags = 0x8000 if recursive else 0  # AT_RECURSIVE
    check(libc.syscall(442, -100, path.encode(), flags, ctypes.byref(attributes), ctypes.sizeof(attributes)), f"mount_setattr {path}")


def confine(unit, data, notify_mapped, mapped):
    """In the child, between fork and exec."""
    read_only, private, bind = 1, 1 << 18, 4096
    check(libc.unshare(CLONE_NEWNS), "unshare")
    check(libc.mount(b"none", b"/", None, private | 16384, None), "private mounts")
    check(libc.mount(data.encode(), data.encode(), None, bind, None), "bind")
    mount_attributes("/", read_only, 0, True)
    mount_attributes(data, 0, read_only, False)
    assert one(unit, "PrivateTmp") == "yes"
    check(libc.mount(b"none", b"/tmp", b"tmpfs", 6, b"mode=1777"), "/tmp")
    assert one(unit, "ProtectProc") == "invisible" and one(unit, "ProcSubset") == "pid"
    check(libc.mount(b"proc", b"/proc", b"proc", 14, b"hidepid=invisible,subset=pid"), "/proc")
    check(libc.unshare(CLONE_NEWUSER), "unshare user")
    os.write(notify_mapped, b"u")
    os.read(mapped, 1)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    for capability in range(64):
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP, as far as there are any
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.umask(int(one(unit, "UMask"), 8))
    make_filter(unit).load()  # sets no_new_privs, too


def start(unit, data, arguments, **options):
    """A confined process. Its user namespace has root and nobody, as PrivateUsers=yes makes it."""
    told_read, told_write = os.pipe()
    mapped_read, mapped_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(told_read)
            os.close(mapped_write)
            log = os.open(options.get("log", "/dev/null"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
            confine(unit, data, told_write, mapped_read)
            os.chdir("/")
            environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **options.get("environment", {})}
            os.execve(arguments[0], arguments, environment)
        except BaseException as error:  # pylint: disable=broad-except
            os.write(2, f"cannot confine: {error!r}\n".encode())
        os._exit(127)
    os.close(told_write)
    os.close(mapped_read)
    if os.read(told_read, 1) == b"u":
        for file in ("uid_map", "gid_map"):
            with open(f"/proc/{pid}/{file}", "w", encoding="ascii") as ids:
                ids.write(f"0 0 1\n{NOBODY} {NOBODY} 1\n")
    os.close(told_read)
    os.write(mapped_write, b"g")
    os.close(mapped_write)
    return pid


def exit_code(pid, patience=60):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return "did not end"


def ask(port, path, body=None):
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body), timeout=20) as answer:
        return answer.read().decode()


def the_confinement_is_real(unit, data, outside):
    python = sys.executable
    write_and_execute = "import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)"
    for what, arguments, succeeds in (
            ("write into the data folder", ["/bin/sh", "-c", f": >{data}/mine"], True),
            ("write elsewhere", ["/bin/sh", "-c", f": >{outside}/theirs"], False),
            ("namespaces as for a probe", ["/usr/bin/unshare", "--user", "--net", "--ipc", "/bin/true"], True),
            ("another mount namespace", ["/usr/bin/unshare", "--user", "--mount", "/bin/true"], False),
            ("memory to write and execute", [python, "-c", write_and_execute], False),
            ("a packet socket", [python, "-c", "import socket; socket.socket(socket.AF_PACKET)"], False),
            ("see others", ["/bin/sh", "-c", "test -e /proc/meminfo || test -e /proc/1"], False)):
        code = exit_code(start(unit, data, arguments))
        assert (code == 0) == succeeds, f"{what}: exit code {code}"


def may_make_user_namespaces():
    """Not in a chroot: user_namespaces(7), EPERM."""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if libc.unshare(NAMESPACES["user"]) == 0 else 1)
    return os.waitpid(pid, 0)[1] == 0


def main():
    if not may_make_user_namespaces():
        print("no user namespaces can be made here; a chroot has none")
        return 77
    if os.geteuid() != 0 or not shutil.which("systemd-analyze"):
        print("needs root and the Debian package systemd")
        return 77
    unit, program = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    place = tempfile.mkdtemp(dir="/var/tmp")  # /tmp is another one in there
    os.chmod(place, 0o755)
    data, log = f"{place}/data", f"{place}/log"
    os.mkdir(data, 0o750)
    os.chown(data, NOBODY, NOBODY)
    ini = f"{place}/quoin.ini"
    with open(ini, "w", encoding="ascii") as file:
        file.write("[http]\nlisten = 127.0.0.1:0\nworkers = 2\n")
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.setblocking(False)
    manager.bind(f"{place}/notify")
    os.chmod(f"{place}/notify", 0o777)
    told = []

    def count(line):
        while True:
            try:
                told.extend(manager.recv(4096).decode().split("\n"))
            except BlockingIOError:
                return told.count(line)

    def lines():
        with open(log, encoding="utf-8") as file:
            return file.read()

    pid = None
    allowed_calls(unit)  # asked once, before any fork
    try:
        the_confinement_is_real(unit, data, place)
        environment = {"QUOIN_DATA_DIR": data, "QUOIN_CONFIG": ini, "NOTIFY_SOCKET": f"{place}/notify", "WATCHDOG_USEC": "2000000"}
        pid = start(unit, data, [program, "serve"], log=log, environment=environment)
        eventually("READY=1", lambda: count("READY=1") == 1)
        port = int(re.search(r'"address":"http://127\.0\.0\.1:(\d+)"', lines()).group(1))
        assert ask(port, "/readyz")
        record = json.loads(ask(port, "/record", b'{"title":"The Kitab al-Jabr","year":820}'))
        eventually("a package", lambda: json.loads(ask(port, f"/record/{record['id']}/sips"))["results"])
        with open(ini, "a", encoding="ascii") as file:
            file.write("max_body = 2MiB\n")
        os.kill(pid, signal.SIGHUP)
        eventually("READY=1 again", lambda: count("READY=1") == 2)
        assert '"message":"setting changed","key":"http.max_body"' in lines()
        eventually("a sign of life", lambda: count("WATCHDOG=1") > 0)
        assert ask(port, "/")
        os.kill(pid, signal.SIGTERM)
        code, pid = exit_code(pid), None
        assert code == 0 and count("STOPPING=1") == 1, f"exit code {code}"
        grave = [line for line in lines().splitlines() if re.search(r'"level":"(warning|critical|fatal)"', line)]
        assert not grave, "\n".join(grave)
        assert '"message":"starting"' in lines() # or this looked for grave lines in another format
    except BaseException:
        print(lines() if os.path.exists(log) else "no log", flush=True)
        raise
    finally:
        if pid:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        shutil.rmtree(place, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
