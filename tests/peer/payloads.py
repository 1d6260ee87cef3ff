# SPDX-License-Identifier: GPL-3.0-only
"""payloads.py ZIP...: for each package one line "PATH HEX" with data/record.json, read by a zip implementation that is not ours."""
import sys
import zipfile

for path in sys.argv[1:]:
    with zipfile.ZipFile(path) as package:
        if broken := package.testzip():
            sys.exit(f"{path}: {broken} is broken")
        payload = [name for name in package.namelist() if name.endswith("/data/record.json")]
        if len(payload) != 1:
            sys.exit(f"{path}: expected one data/record.json, found {package.namelist()}")
        print(path, package.read(payload[0]).hex())
