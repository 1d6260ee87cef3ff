# SPDX-License-Identifier: GPL-3.0-only
"""ask.py METHOD PATH [BODY]: one request to the peer, in this process; prints the answer's body and fails unless it is a 200."""
import sys

from app import app

method, path, *body = sys.argv[1:]
answer = app.test_client().open(path, method=method, data=body[0] if body else None)
sys.stdout.buffer.write(answer.data)
sys.exit(0 if answer.status_code == 200 else 1)
