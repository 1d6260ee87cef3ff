# SPDX-License-Identifier: GPL-3.0-only
"""For what comes by itself."""

import time


def eventually(what, condition, patience=60):
    """What the condition returns, once that is something. AssertionError after so many seconds without it."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.05)
    raise AssertionError(f"not within {patience} s: {what}")
