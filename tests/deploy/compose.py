#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-only
"""What deploy/compose.yaml promises, as far as that can be seen without a container engine.

  compose.py QUOIN      QUOIN: the built program, which is asked whether it understands the settings
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import yaml

import dockerfile

DEPLOY = Path(__file__).resolve().parents[2] / 'deploy'
QUOIN = sys.argv.pop(1)


def plain(text):
    """With the defaults for what is not in the environment: ${NAME:-default}."""
    while '${' in text:
        before, _, rest = text.partition('${')
        inside, _, after = rest.partition('}')
        text = before + inside.partition(':-')[2] + after
    return text


class ComposeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.compose = yaml.safe_load(plain((DEPLOY / 'compose.yaml').read_text()))
        cls.services = cls.compose['services']
        cls.haproxy = (DEPLOY / 'haproxy.cfg').read_text()

    def environment(self, service):
        return {name: str(value) for name, value in self.services[service]['environment'].items()}

    def test_each_service_is_contained(self):
        for name, service in self.services.items():
            with self.subTest(name):
                self.assertTrue(service['read_only'])
                self.assertEqual(service['cap_drop'], ['ALL'])
                self.assertNotIn('cap_add', service)
                self.assertNotIn('privileged', service)
                self.assertEqual(service['security_opt'], ['no-new-privileges:true'])
                for limit in ('cpus', 'mem_limit', 'pids_limit'):
                    self.assertIn(limit, service)

    def test_whatever_is_scaled_can_be(self):
        for name in ('web', 'worker'):
            self.assertNotIn('container_name', self.services[name])
            self.assertNotIn('ports', self.services[name])
        self.assertEqual(self.services['haproxy']['environment']['QUOIN_WEB_DNS'], 'web:5000')
        self.assertIn('server-template', self.haproxy)

    def test_only_haproxy_is_reached_from_outside(self):
        self.assertEqual([name for name, service in self.services.items() if 'ports' in service], ['haproxy'])
        self.assertTrue(self.compose['networks']['back']['internal'])
        for name in ('db', 'redis', 'worker'):
            self.assertEqual(self.services[name]['networks'], ['back'])

    def test_each_is_asked_how_it_is(self):
        for name, service in self.services.items():
            self.assertNotIn('disable', service['healthcheck'], name)
        self.assertEqual(self.services['web']['healthcheck']['test'], ['CMD', 'quoin', 'healthcheck'])
        self.assertEqual(self.services['worker']['healthcheck']['test'], ['CMD', 'quoin', 'healthcheck', '--worker'])
        self.assertRegex(self.environment('worker')['QUOIN_WORKER_LISTEN'], r'^127\.0\.0\.1:[0-9]+$') # nobody else can ask

    def test_web_and_worker_are_one_image_and_share_the_packages(self):
        web, worker = self.services['web'], self.services['worker']
        self.assertEqual(web['image'], worker['image'])
        self.assertEqual(web['volumes'], worker['volumes'])
        self.assertEqual((web['command'], worker['command']), (['serve'], ['worker']))

    def test_secrets_come_by_file(self):
        for name, service in self.services.items():
            for key, value in service.get('environment', {}).items():
                self.assertFalse('password' in key.lower() and not key.endswith('_FILE'), key)
                self.assertNotIn('://', str(value))
            for secret in service.get('secrets', []):
                self.assertIn(secret, self.compose['secrets'])

    def test_secrets_sh_writes_what_is_mounted(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([DEPLOY / 'secrets.sh', folder], check=True, capture_output=True)
            made = {path.name: path.read_text() for path in Path(folder).iterdir()}
            self.assertEqual(set(made), {Path(secret['file']).name for secret in self.compose['secrets'].values()})
            self.assertIn(made['database_password'].strip(), made['database_url'])
            self.assertIn(made['redis_auth'].removeprefix('requirepass ').strip(), made['redis_url'])
            subprocess.run([DEPLOY / 'secrets.sh', folder], check=True, capture_output=True)
            self.assertEqual(made, {path.name: path.read_text() for path in Path(folder).iterdir()})
            os.unlink(Path(folder) / 'redis_url')
            self.assertNotEqual(subprocess.run([DEPLOY / 'secrets.sh', folder], capture_output=True).returncode, 0)

    def test_the_program_understands_its_settings(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([DEPLOY / 'secrets.sh', folder], check=True, capture_output=True)
            image = {}
            for word, rest in dockerfile.instructions(DEPLOY / 'Dockerfile'):
                if word == 'ENV':
                    image.update(dockerfile.pairs(rest))
            for name in ('web', 'worker'):
                environment = {key: value.replace('/run/secrets', folder) for key, value in {**image, **self.environment(name)}.items()
                               if key.startswith('QUOIN_')}
                result = subprocess.run([QUOIN, 'config'], env=environment, capture_output=True, text=True)
                self.assertEqual((result.returncode, result.stderr), (0, ''), name)
                self.assertIn('environment QUOIN_DATABASE_URL_FILE', result.stdout)

    def test_haproxy_tells_the_clients_address_where_it_is_asked_for(self):
        web = self.environment('web')
        sends = 'QUOIN_SEND_PROXY' in self.environment('haproxy')
        self.assertEqual(web.get('QUOIN_HTTP_PROXY_PROTOCOL', 'off'), 'required' if sends else 'off')
        if sends:
            self.assertIn('.if defined(QUOIN_SEND_PROXY)', self.haproxy)
            self.assertEqual(web['QUOIN_HTTP_PROXIES'], self.compose['networks']['front']['ipam']['config'][0]['subnet'])

    def test_redis_forgets_nothing(self):
        lines = (DEPLOY / 'redis.conf').read_text().splitlines()
        for line in ('appendonly yes', 'appendfsync always', 'maxmemory-policy noeviction', 'include /run/secrets/redis_auth'):
            self.assertIn(line, lines)

    def test_stopping_has_the_time_it_needs(self):
        for name in ('web', 'worker'):
            environment = self.environment(name)
            needed = sum(int(environment.get(key, '0s').rstrip('s')) for key in ('QUOIN_SHUTDOWN_DELAY', 'QUOIN_SHUTDOWN_TIMEOUT'))
            self.assertGreater(int(self.services[name]['stop_grace_period'].rstrip('s')), needed)

    @unittest.skipUnless(shutil.which('docker-compose'), 'docker-compose is not installed')
    def test_docker_compose_takes_it(self):
        result = subprocess.run(['docker-compose', '-f', DEPLOY / 'compose.yaml', 'config', '--services'], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(set(result.stdout.split()), set(self.services))

    @unittest.skipUnless(shutil.which('haproxy'), 'haproxy is not installed')
    def test_haproxy_takes_its_configuration(self):
        result = subprocess.run(['haproxy', '-c', '-f', DEPLOY / 'haproxy.cfg'], env={**os.environ, 'QUOIN_WEB_DNS': 'web:5000'}, capture_output=True,
                                text=True)
        self.assertEqual(result.returncode, 0, result.stderr)


class ImageTest(unittest.TestCase):
    def test_what_runs_is_nobody_special(self):
        instructions = dockerfile.instructions(DEPLOY / 'Dockerfile')
        self.assertEqual([rest for word, rest in instructions if word == 'USER'], ['1000:1000'])
        self.assertIn(('STOPSIGNAL', 'SIGTERM'), instructions)
        self.assertIn(('ENTRYPOINT', '["quoin"]'), instructions)

    def test_what_is_sent_to_a_build_is_what_it_compiles(self):
        ignored = dockerfile.Ignored(DEPLOY.parent / '.dockerignore')
        for path in ('CMakeLists.txt', 'LICENSE', 'server/main.cpp', 'plugins/records/records.cpp', 'deploy/common.sh', 'deploy/runtimepackages.sh',
                     'sdk/include/quoin/http.h', 'sdk/template/README.md', 'sdk/template/plugin_test.cpp'):
            self.assertNotIn(path, ignored)
        for path in ('README.md', 'admin/main.cpp', 'tests/walls.sh', '.git/config', 'build/tests/bin/quoin', 'deploy/secrets/redis_auth',
                     'deploy/.env', 'deploy/compose.yaml', 'plugins/records/README.md', 'docs/api.md', 'var/quoin.db'):
            self.assertIn(path, ignored)

    def test_the_packages_that_it_needs_are_found(self):
        result = subprocess.run([DEPLOY / 'runtimepackages.sh', QUOIN], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        packages = result.stdout.split()
        for name in ('libqt6httpserver6', 'libqt6sql6-psql', 'libqt6sql6-sqlite', 'libc6'):
            self.assertIn(name, packages)
        self.assertFalse([name for name in packages if name.endswith('-dev') or '32' in name or 'i386' in name])


if __name__ == '__main__':
    unittest.main(verbosity=2)
