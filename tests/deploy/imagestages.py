#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-only
"""Builds and tries the image of deploy/Dockerfile where no container engine runs.

Each stage is a folder that debootstrap or an earlier stage has filled; the instructions are read from the Dockerfile itself and run there by chroot, in
namespaces. The last stage is then started as an engine would: as its user, without capabilities, its root read-only, a volume where VOLUME says, alone in its network,
process 1 in its process namespace; and the tutorial's requests are sent to it.

  tests/deploy/imagestages.py [--debian bookworm|trixie] [--work FOLDER] [--ccache FOLDER] [--program BUILD-TREE] [--try-only]

Root, debootstrap and a mirror of Debian are needed; the first run takes as long as it takes to download 300 MB and to compile everything.
"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import dockerfile

SOURCE = Path(__file__).resolve().parents[2]
BASE = {'bookworm': 'bookworm', 'trixie': 'trixie'}


def say(*words):
    print(time.strftime('%H:%M:%S'), *words, flush=True)


def run(*arguments, **more):
    return subprocess.run([str(argument) for argument in arguments], check=True, **more)


def megabytes(folder):
    return int(subprocess.run(['du', '-sxm', folder], check=True, capture_output=True, text=True).stdout.split()[0])


def is_dir_target(text):
    return text.endswith('/') or text in ('.', './')


class Stage:
    """A folder, and what the instructions so far have set for those that follow."""

    def __init__(self, root):
        self.root = root
        self.environment = {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/root'}
        self.shell = ['/bin/sh', '-c']
        self.folder = '/'
        self.user = ''
        self.volumes, self.labels, self.arguments = [], {}, {}
        self.entrypoint, self.command, self.health, self.stop = [], [], [], 'SIGTERM'

    def inside(self, path):
        return self.root / (path if path.startswith('/') else f'{self.folder}/{path}').lstrip('/')

    def chroot(self, arguments, mounts=()):
        """Runs it as root in the folder, with mounts [(outside, inside)] for as long as it runs."""
        lines = [f'mount --rbind /dev {self.root}/dev', f'mount -t proc proc {self.root}/proc',
                 f'cp /etc/resolv.conf {self.root}/etc/resolv.conf']
        for outside, inside in mounts:
            lines.append(f'mkdir -p {self.root}{inside} && mount --bind {outside} {self.root}{inside}')
        lines.append(f'exec chroot {self.root} /usr/bin/env -i -C {self.folder} "$@"')
        settings = [f'{name}={value}' for name, value in {**self.arguments, **self.environment}.items()]
        run('unshare', '--mount', '--pid', '--fork', 'bash', '-euc', '\n'.join(lines), 'bash', *settings, *arguments)


class Builder:
    def __init__(self, options):
        self.options = options
        self.work = Path(options.work)
        self.stages = {}
        self.arguments = {'DEBIAN': options.debian, 'BUILD_ARGUMENTS': options.build_argument}
        self.global_arguments = {}
        self.stage = None
        self.is_kept = False

    def build(self):
        """Each instruction in turn. A stage that changes only when its packages do is kept from one run to the next, as an engine would."""
        for word, rest in dockerfile.instructions(SOURCE / 'deploy/Dockerfile'):
            if word == 'FROM':
                self._end_stage()
            if not (self.is_kept and word in ('RUN', 'COPY')):
                getattr(self, '_' + word.lower())(rest)
        return self.stages['runtime']

    def _made_of(self):
        return (SOURCE / 'deploy/common.sh').read_text() + (SOURCE / 'deploy/Dockerfile').read_text().partition(' AS build')[0]

    def _stamp(self):
        return self.work / 'dependencies.made-of'

    def _can_keep(self, root):
        return root.name == 'dependencies' and root.exists() and self._stamp().exists() and self._stamp().read_text() == self._made_of()

    def _end_stage(self):
        if self.stage and self.stage.root.name == 'dependencies':
            self._stamp().write_text(self._made_of())
        self.is_kept = False

    # ---- Instructions ------------------------------------------------------------------------------------------------

    def _arg(self, rest):
        name, _, value = rest.partition('=')
        arguments = self.stage.arguments if self.stage else self.global_arguments
        arguments[name] = self.arguments.get(name, value or self.global_arguments.get(name, ''))

    def _from(self, rest):
        image, _, name = dockerfile.expand(rest, self.global_arguments).partition(' AS ')
        say('FROM', image, 'AS', name)
        root = self.work / name
        self.is_kept = self.options.try_only or self._can_keep(root)
        if root.exists() and not self.is_kept:
            shutil.rmtree(root)
        self.stage = Stage(root)
        if image in self.stages:
            before = self.stages[image]
            if not self.is_kept:
                run('cp', '-a', before.root, root)
            self.stage.environment = dict(before.environment)
            self.stage.shell, self.stage.folder = before.shell, before.folder
        elif not self.is_kept:
            run('cp', '-a', self._debian(image), root)
        self.stages[name] = self.stage

    def _debian(self, image):
        """The base image: minbase, with what the "slim" images leave out left out as well."""
        release = image.removeprefix('debian:').removesuffix('-slim')
        root = self.work / f'debian-{release}'
        if not root.exists():
            run('debootstrap', '--variant=minbase', BASE[release], root, 'http://deb.debian.org/debian', stdout=subprocess.DEVNULL)
            (root / 'etc/dpkg/dpkg.cfg.d/docker').write_text(
                '\n'.join(f'path-exclude /usr/share/{path}/*' for path in ('doc', 'info', 'lintian', 'locale', 'man')) + '\n'
                + 'path-include /usr/share/doc/*/copyright\n')
            (root / 'etc/apt/sources.list').write_text(
                f'deb http://deb.debian.org/debian {release} main\ndeb http://deb.debian.org/debian {release}-updates main\n'
                f'deb http://deb.debian.org/debian-security {release}-security main\n')
            for path in ('doc', 'info', 'lintian', 'locale', 'man'):
                shutil.rmtree(root / 'usr/share' / path, ignore_errors=True)
            for path in ('var/lib/apt/lists', 'var/cache/apt/archives'):
                shutil.rmtree(root / path)
                (root / path / 'partial').mkdir(parents=True)
        return root

    def _shell(self, rest):
        self.stage.shell = json.loads(rest)

    def _env(self, rest):
        self.stage.environment.update(dockerfile.pairs(rest))

    def _workdir(self, rest):
        self.stage.folder = rest
        self.stage.inside(rest).mkdir(parents=True, exist_ok=True)

    def _copy(self, rest):
        say('COPY', rest)
        words = rest.split()
        if words[0].startswith('--from='):
            origin = self.stages[words.pop(0).removeprefix('--from=')]
            sources = [origin.inside(word) for word in words[:-1]]
        else:
            sources = self._context(words[:-1])
        target = self.stage.inside(words[-1])
        if is_dir_target(words[-1]):
            target.mkdir(parents=True, exist_ok=True)
        for source in sources:
            if source.is_dir():
                run('cp', '-a', f'{source}/.', target)
            else:
                run('cp', '-a', source, target)

    def _context(self, words):
        """What the engine would be sent, copied out of the tree."""
        ignored = dockerfile.Ignored(SOURCE / '.dockerignore')
        context = self.work / 'context'
        shutil.rmtree(context, ignore_errors=True)
        listed = subprocess.run(['git', '-C', SOURCE, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], check=True,
                                capture_output=True, text=True).stdout.split('\0')
        for name in filter(None, listed):
            if name not in ignored and (SOURCE / name).exists():
                (context / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(SOURCE / name, context / name)
        return [context / word for word in words]

    def _run(self, rest):
        mounts = []
        if rest.startswith('--mount='):
            mount, _, rest = rest.partition(' ')
            about = dict(part.split('=') for part in mount.removeprefix('--mount=').split(','))
            assert about['type'] == 'cache', mount
            outside = Path(self.options.ccache or self.work / 'cache')
            outside.mkdir(parents=True, exist_ok=True)
            mounts.append((outside, about['target']))
        say('RUN', rest[:110])
        if self.options.program and self.stage.root.name == 'build' and 'build image' in rest:
            return say('   not compiled: --program')
        if self.options.program and 'cmake --install' in rest:
            return self._place(Path(self.options.program))
        started = time.monotonic()
        self.stage.chroot(dockerfile.command(rest, self.stage.shell), mounts)
        say(f'  {time.monotonic() - started:.0f} s')

    def _place(self, tree):
        """What a build tree of the same release has made, as `cmake --install --strip` would place it under its default prefix."""
        install = self.stage.root / 'install/usr'
        run('install', '-D', '-s', tree / 'bin/quoin', install / 'bin/quoin')
        for plugin in ('counter', 'records', 'sip'):
            run('install', '-D', '-s', '-m', '0644', tree / f'bin/plugins/{plugin}.so', install / f'lib/quoin/plugins/{plugin}.so')
        say(f'   taken from {tree}')

    def _user(self, rest):
        self.stage.user = rest

    def _volume(self, rest):
        self.stage.volumes.append(rest)

    def _expose(self, rest):
        self.stage.port = int(rest)

    def _healthcheck(self, rest):
        self.stage.health = json.loads(rest.partition('CMD ')[2])

    def _stopsignal(self, rest):
        self.stage.stop = rest

    def _entrypoint(self, rest):
        self.stage.entrypoint = json.loads(rest)

    def _cmd(self, rest):
        self.stage.command = json.loads(rest)

    def _label(self, rest):
        self.stage.labels.update(dockerfile.pairs(dockerfile.expand(rest, self.stage.arguments)))


class Container:
    """The image as an engine with "--read-only --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp" would run it."""

    def __init__(self, image, command=None, environment=None, volume=None):
        self.image = image
        self.volume = volume or Path(subprocess.run(['mktemp', '-d'], check=True, capture_output=True, text=True).stdout.strip())
        inside = image.volumes[0]
        if volume is None:  # a new volume begins as what the image has there, owners and all
            run('cp', '-a', f'{image.inside(inside)}/.', self.volume)
            run('chown', '--reference', image.inside(inside), self.volume)
            run('chmod', '--reference', image.inside(inside), self.volume)
        root = image.root
        lines = ['ip link set lo up', f'mount --bind {root} {root}', f'mount --bind {self.volume} {root}{inside}',
                 f'mount -t proc proc {root}/proc', f'mount -t tmpfs -o mode=1777,size=64m tmpfs {root}/tmp',
                 f'mount -t tmpfs -o mode=755 tmpfs {root}/dev']
        for device in ('null', 'zero', 'full', 'random', 'urandom'):
            lines.append(f'touch {root}/dev/{device} && mount --bind /dev/{device} {root}/dev/{device}')
        lines += [f'mount -o remount,bind,ro {root}', f'exec chroot {root} "$@"']
        self.process = subprocess.Popen(['unshare', '--mount', '--pid', '--net', '--ipc', '--uts', '--fork', 'bash', '-euc', '\n'.join(lines), 'bash',
                                         *self._as_user(image.entrypoint + (command or image.command), environment or {})],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.output = ''

    def _as_user(self, command, environment):
        user, group = self.image.user.split(':')
        settings = [f'{name}={value}' for name, value in {**self.image.environment, **environment}.items()]
        return ['/usr/bin/setpriv', f'--reuid={user}', f'--regid={group}', '--clear-groups', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all',
                '/usr/bin/env', '-i', '-C', self.image.folder, *settings, *command]

    def main_process(self):
        children = Path(f'/proc/{self.process.pid}/task/{self.process.pid}/children').read_text().split()
        return int(children[0]) if children else 0

    def execute(self, command, environment=None, **more):
        """As `docker exec`."""
        return subprocess.run(['nsenter', f'--target={self.main_process()}', '--mount', '--pid', '--net', '--root', '--wdns=/',
                               *self._as_user(command, environment or {})], capture_output=True, text=True, **more)

    def curl(self, *arguments):
        """From the host's own program, in the network of the container."""
        return subprocess.run(['nsenter', f'--target={self.main_process()}', '--net', 'curl', '-sS', '--max-time', '10', *arguments], capture_output=True,
                              text=True).stdout

    def read(self):
        self.output += (self.process.stdout.read() or b'').decode()
        return self.output

    def wait(self, what, is_so, patience=60):
        until = time.monotonic() + patience
        while not is_so():
            assert time.monotonic() < until and self.process.poll() is None, f'{what}: not within {patience} s\n{self.read()}'
            time.sleep(0.1)

    def stop(self):
        """The signal that the image names; the exit code and the seconds it took."""
        started = time.monotonic()
        os.kill(self.main_process(), getattr(signal, self.image.stop))
        code = self.process.wait(timeout=60)
        self.read()
        return code, time.monotonic() - started

    def end(self):
        if self.process.poll() is None and self.main_process():
            os.kill(self.main_process(), signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.volume, ignore_errors=True)


# ---- What is to be so --------------------------------------------------------------------------------------------------

def check(what, is_so, otherwise=''):
    say('ok  ' if is_so else 'FAIL', what, '' if is_so else otherwise)
    if not is_so:
        raise SystemExit(1)


def try_contents(image):
    root = image.root
    listed = subprocess.run(['find', root, '-xdev', '(', '-name', 'quoin*', '-o', '-name', '*.so', '-path', '*/quoin/*', ')', '-not', '-path', '*/proc/*'],
                            check=True, capture_output=True, text=True).stdout.split()
    say('  ', *sorted(name.removeprefix(str(root)) for name in listed))
    plugins = sorted(path.stem for path in (root / 'usr/lib').glob('**/quoin/plugins/*.so'))
    check('the plugins are counter, records and sip', plugins == ['counter', 'records', 'sip'], plugins)
    check('no desktop program, no headers, no compiler', not any((root / path).exists() for path in (
        'usr/bin/quoin-admin', 'usr/include/quoin', 'usr/bin/g++')))
    check('nothing is left of package lists', not any((root / 'var/lib/apt/lists').iterdir()))
    check('its labels say what it is', image.labels.get('org.opencontainers.image.licenses') == 'GPL-3.0-only')


def try_closed_door(image):
    container = Container(image)
    code = container.process.wait(timeout=60)
    said = container.read()
    container.end()
    check('with no word about who may write, it does not start and says what to do', code != 0 and 'quoin token create' in said, said)


def is_json(text):
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def try_serving(image):
    container = Container(image, environment={'QUOIN_AUTH_ANONYMOUS_WRITES': 'true', 'QUOIN_SHUTDOWN_DELAY': '1s'})
    try:
        started = time.monotonic()
        container.wait('the health check is well', lambda: container.main_process() and container.execute(image.health).returncode == 0)
        say(f'  ready after {time.monotonic() - started:.1f} s;', container.execute(image.health).stdout.strip())
        url = f'http://127.0.0.1:{image.port}'
        check('GET / counts', container.curl(f'{url}/') == 'I have been seen 1 times.', container.read())
        record = container.curl('-X', 'POST', '-H', 'Content-Type: application/json', '-d', '{"title":"The Kitab al-Jabr","year":820}', f'{url}/record')
        check('POST /record', json.loads(record) == {'id': 1, 'data': {'title': 'The Kitab al-Jabr', 'year': 820}}, record)
        check('GET /record', json.loads(container.curl(f'{url}/record'))['results'][0]['id'] == 1)
        container.wait('the record is archived', lambda: json.loads(container.curl(f'{url}/record/1/sips'))['results'])
        verified = container.execute(['quoin', 'sip', 'verify', 'sips'])
        check('its package is good', verified.returncode == 0 and '1 ok, 0 bad' in verified.stdout, verified.stdout + verified.stderr)
        listed = container.execute(['quoin', 'plugin', 'list'])
        check('the plugins are live', listed.stdout.count(' live ') == 3, listed.stdout + listed.stderr)
        check('the root cannot be written', container.execute(['touch', '/usr/bin/x', '/etc/x', '/x']).returncode != 0)
        status = container.execute(['grep', '-E', '^(Uid|CapEff|NoNewPrivs):', '/proc/1/status']).stdout.split()
        check('process 1 is user 1000 and has no capability', status[1:5] == ['1000'] * 4 and '0000000000000000' in status, status)
        wrote = container.execute(['find', '/tmp', '/dev', '-type', 'f', '-newer', '/usr/bin/quoin']).stdout.split()
        say('   files beside the volume:', wrote or 'none')
        resident = sum(int(line.split()[1]) for pid in container.execute(['ls', '/proc']).stdout.split() if pid.isdigit()
                       for line in container.execute(['cat', f'/proc/{pid}/status']).stdout.splitlines() if line.startswith('VmRSS:'))
        say(f'   resident, all processes: {resident // 1024} MiB')
        code, seconds = container.stop()
        check('SIGTERM ends it with 0', code == 0, f'{code}\n{container.output}')
        say(f'  in {seconds:.1f} s, of which 1 s is shutdown.delay')
        odd = [line for line in container.output.splitlines() if not is_json(line)]
        check('every line of its output is JSON', not odd, odd)
        check('the last one says that it stopped', '"stopped"' in container.output.splitlines()[-1], container.output[-500:])
    finally:
        container.end()


def try_worker(image):
    container = Container(image, command=['worker'])
    try:
        container.wait('the worker runs', lambda: 'running tasks' in container.read())
        code, _ = container.stop()
        check('a worker of the same image ends with 0', code == 0, container.output)
    finally:
        container.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--debian', default='bookworm', choices=sorted(BASE))
    parser.add_argument('--work', default='/var/tmp/quoin-image', help='stages are folders in it; kept')
    parser.add_argument('--ccache', help='the folder for the cache mount (default: in the work folder)')
    parser.add_argument('--program', help='do not compile: take the program and its plugins from this build tree, made on the same release of Debian')
    parser.add_argument('--try-only', action='store_true', help='build nothing: only try what the last run has built')
    parser.add_argument('--build-argument', default='', help='ARG BUILD_ARGUMENTS')
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit('root is needed, for chroot and mounts')
    options.work = os.path.join(os.path.abspath(options.work), options.debian)
    builder = Builder(options)
    image = builder.build()
    try_contents(image)
    try_closed_door(image)
    try_serving(image)
    try_worker(image)
    say(f'sizes: base {megabytes(builder.work / ("debian-" + options.debian))} MB, image {megabytes(image.root)} MB, of which ours '
        f'{megabytes(builder.stages["build"].root / "install")} MB; build stage {megabytes(builder.stages["build"].root)} MB')


if __name__ == '__main__':
    main()
