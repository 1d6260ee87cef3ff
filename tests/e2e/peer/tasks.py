# SPDX-License-Identifier: GPL-3.0-only
"""The peer's archive task: the record's JSON as a zlib stream in a file named by record and time, run by a Celery worker."""
import datetime
import json
import os
import zlib

from celery import Celery

celery = Celery("app", broker=os.environ["CELERY_BROKER_URL"])


@celery.task(name="app.make_sip")
def make_sip(recid, data):
    name = "{}_{}.zip".format(recid, datetime.datetime.utcnow().strftime("%Y%m%dT%H%M%S.%f"))
    with open(os.path.join(os.environ.get("SIP_DIRECTORY", "."), name), "wb") as sip:
        sip.write(zlib.compress(json.dumps(data).encode()))
