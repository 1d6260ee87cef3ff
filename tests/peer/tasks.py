# SPDX-License-Identifier: GPL-3.0-only
"""The peer's Celery application "app": its archive task, the record's JSON as a zlib stream in a file named by record and time, and the
small tasks with which tests look at what a queue does. Run it as `celery -A tasks worker`.

CELERY_BROKER_URL and CELERY_RESULT_BACKEND name the services, SIP_DIRECTORY the folder. PEER_ACKS_LATE=1 makes a worker keep a message
until its task has ended, PEER_VISIBILITY_TIMEOUT=SECONDS says after how long others take it over.
"""
import datetime
import json
import os
import time
import zlib

from celery import Celery

celery = Celery("app", broker=os.environ["CELERY_BROKER_URL"], backend=os.environ.get("CELERY_RESULT_BACKEND"))
if os.environ.get("PEER_ACKS_LATE"):
    celery.conf.task_acks_late = True
if "PEER_VISIBILITY_TIMEOUT" in os.environ:
    celery.conf.broker_transport_options = {"visibility_timeout": float(os.environ["PEER_VISIBILITY_TIMEOUT"])}


@celery.task(name="app.make_sip", bind=True)
def make_sip(self, recid, data):
    # Whoever may run a task twice names the file by what both runs have in common.
    now = datetime.datetime.utcnow().strftime("%Y%m%dT%H%M%S.%f")
    name = "{}_{}.zip".format(recid, self.request.id if celery.conf.task_acks_late else now)
    with open(os.path.join(os.environ.get("SIP_DIRECTORY", "."), name), "wb") as sip:
        sip.write(zlib.compress(json.dumps(data).encode()))


@celery.task(name="app.add")
def add(*numbers):
    """The sum. What has no value counts as nothing: tasks of ours in a chain or a chord give None."""
    return sum(number or 0 for number in numbers)


@celery.task(name="app.total")
def total(numbers, *more):
    """The sum of a chord's results."""
    return add(*numbers, *more)


@celery.task(name="app.boom")
def boom(message="boom"):
    raise ValueError(message)


@celery.task(name="app.flaky", bind=True, max_retries=5)
def flaky(self, failures):
    """Fails as often as it is told, then says in which attempt it was done."""
    if self.request.retries < failures:
        raise self.retry(countdown=0.1, exc=KeyError("not yet"))
    return self.request.retries


@celery.task(name="app.sleeper")
def sleeper(seconds):
    time.sleep(seconds)
    return seconds


@celery.task(name="app.note")
def note(text, *_):
    """A line in the file of notes: what ran, and how often."""
    with open(os.path.join(os.environ.get("SIP_DIRECTORY", "."), "notes"), "a") as notes:
        notes.write(text + "\n")


@celery.task(name="app.tell_trace", bind=True)
def tell_trace(self, *_):
    """A note of the trace that the message goes on with, read as OpenTelemetry's instrumentation reads it."""
    note("trace {} {}".format(getattr(self.request, "traceparent", None), getattr(self.request, "tracestate", None)))
