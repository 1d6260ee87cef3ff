# SPDX-License-Identifier: GPL-3.0-only
"""Reads deploy/Dockerfile and .dockerignore: as much of their languages as these two files use, and no more."""
import json
import re
import shlex
from pathlib import Path


def instructions(path):
    """[(word, rest)] in order; continued lines are joined, comments left out."""
    found, line = [], ''
    for raw in Path(path).read_text().splitlines():
        if raw.lstrip().startswith('#'):
            continue
        line += raw
        if line.endswith('\\'):
            line = line[:-1]
            continue
        if line.strip():
            word, _, rest = line.strip().partition(' ')
            found.append((word.upper(), rest.strip()))
        line = ''
    return found


def expand(text, values):
    """${NAME}, as Docker puts in ARG and ENV; what is not known is empty."""
    return re.sub(r'\$\{(\w+)\}', lambda match: values.get(match[1], ''), text)


def pairs(text):
    """'A=1 B="x y"' as a dictionary."""
    return dict(word.split('=', 1) for word in shlex.split(text))


def command(text, shell):
    """The argument vector of ["a", "b"], or of a line for the shell."""
    return json.loads(text) if text.startswith('[') else [*shell, text]


class Ignored:
    """What .dockerignore keeps out of the build: the last pattern that fits a path or a folder above it decides."""

    def __init__(self, path):
        self.rules = []
        for line in Path(path).read_text().splitlines():
            line = line.strip()
            if line and not line.startswith('#'):
                self.rules.append((line.startswith('!'), self._expression(line.lstrip('!').strip('/'))))

    @staticmethod
    def _expression(pattern):
        text = re.escape(pattern).replace(r'\*\*/', '(?:.*/)?').replace(r'\*', '[^/]*').replace(r'\?', '[^/]')
        return re.compile(text + '(?:/.*)?')

    def __contains__(self, path):
        ignored = False
        for is_exception, expression in self.rules:
            if expression.fullmatch(path):
                ignored = not is_exception
        return ignored
