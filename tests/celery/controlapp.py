# SPDX-License-Identifier: GPL-3.0-only
"""Celery's own client, driven by lines of JSON, so that the second that Python takes to start is paid once.

    python3 controlapp.py call      a line {"inspect"|"broadcast": method, "arguments": {...}, ...} in, its answer out
    python3 controlapp.py events    prints each event that Celery's receiver hands on
    python3 controlapp.py raw       prints each text that is published on the events' channels
    celery -A controlapp ...        Celery's command line, and its worker

The broker's URL is in the variable BROKER.
"""
import json
import os
import sys

from celery import Celery

app = Celery("controlapp", broker=os.environ["BROKER"], backend=os.environ["BROKER"])
app.conf.broker_connection_retry_on_startup = True


@app.task
def add(x, y):
    return x + y


def say(value):
    print(json.dumps(value), flush=True)


def answer(request):
    choice = {key: request.get(key) for key in ("destination", "pattern", "matcher", "limit")}
    timeout = request.get("timeout", 5)
    arguments = request.get("arguments", {})
    if "inspect" in request:
        inspect = app.control.inspect(timeout=timeout, **choice)
        method = getattr(inspect, request["inspect"], None)
        return method(**arguments) if method else inspect._request(request["inspect"], **arguments)
    return app.control.broadcast(
        request["broadcast"], arguments=arguments, reply=request.get("reply", True), timeout=timeout, **choice)


def call():
    app.connection_for_write().connect()
    say("ready")
    for line in sys.stdin:
        try:
            say(answer(json.loads(line)))
        except Exception as error:
            say({"raised": repr(error)})


def events():
    with app.connection_for_read() as connection:
        receiver = app.events.Receiver(connection, handlers={"*": say})
        with receiver.consumer_context():
            say("ready")
            for _ in receiver.consume(limit=None, timeout=None, wakeup=True):
                pass


def raw():
    subscription = app.connection_for_read().channel().client.pubsub()
    subscription.psubscribe("/*.celeryev/*")
    for message in subscription.listen():
        if message["type"] == "psubscribe":
            say("ready")
        else:
            say([message["channel"].decode(), message["data"].decode()])


if __name__ == "__main__":
    {"call": call, "events": events, "raw": raw}[sys.argv[1]]()
