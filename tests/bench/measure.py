# SPDX-License-Identifier: GPL-3.0-only
"""How a figure is taken and told."""
import math
import os
import re
import subprocess
import sys

from services import HERE

RUNS = int(os.environ.get("RUNS", 5))
SECONDS = int(os.environ.get("SECONDS_EACH", 3))
table = []


def report(what, value, unit, runs=None, against=None, goal=""):
    spread = f"{min(runs):,.0f}–{max(runs):,.0f}" if runs else ""
    ratio = f"{value / against[1]:.2f} × {against[0]}" if against else ""
    shown = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    table.append((what, f"{shown} {unit}", spread, ratio, goal))
    print(" | ".join(table[-1]), flush=True)


def wrk(port, target, script=None, connections=32, seconds=SECONDS):
    """Requests a second; a run with a failed request is no figure."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *(["-s", str(HERE / script)] if script else []), f"http://127.0.0.1:{port}{target}"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output and not re.search(r"connect 0, read \d+, write 0, timeout 0", output):
        sys.exit(f"{' '.join(command)}: not every request was answered with success:\n{output}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def quantile(values, share):
    """The smallest of the values that so large a share does not exceed."""
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def in_turns(**measures):
    """Each measure once, then each again: what the machine does meanwhile hits all alike. name -> runs, sorted."""
    runs = {name: [] for name in measures}
    for _ in range(RUNS):
        for name, measure in measures.items():
            runs[name].append(measure())
    return {name: sorted(values) for name, values in runs.items()}
