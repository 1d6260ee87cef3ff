# SPDX-License-Identifier: GPL-3.0-only
"""A Python producer that stays: reads one JSON object a line, {"do": NAME, ...}, does it with Celery and answers with one JSON object.

One start of the interpreter serves many cases. What raises is answered as {"raised": TYPE, "module": MODULE, "arguments": [...]}.
"""
import gc
import json
import sys
import uuid

from celery import Celery, chain, chord, group, signature

import tasks

app = tasks.celery


def made(given):
    """A signature from {"task", "args", "kwargs", "immutable", "options"}; by name, so that it may be anybody's."""
    return signature(given["task"], args=given.get("args", []), kwargs=given.get("kwargs", {}), immutable=given.get("immutable", False),
                     options=given.get("options", {}), app=app)


def send(task, args=(), kwargs=None, **options):
    return {"id": app.send_task(task, args, kwargs or {}, **options).id}


def flood(count, first=1, task="app.make_sip", **options):
    """So many tasks make_sip(N, {"number": N})."""
    with app.producer_pool.acquire(block=True) as producer:
        for number in range(first, first + count):
            app.send_task(task, (number, {"number": number}), producer=producer, ignore_result=True, **options)
    return {"sent": count}


def get(id, timeout=20):
    return {"result": app.AsyncResult(id).get(timeout=timeout)}


def state(id):
    result = app.AsyncResult(id)
    return {"state": result.state, "meta": result.backend.get_task_meta(id, cache=False) if result.backend else {}}


def in_chain(tasks):
    return {"id": chain(*map(made, tasks)).apply_async().id}


def in_chord(header, body):
    return {"id": chord([made(one) for one in header])(made(body)).id}


def in_group(tasks):
    return {"ids": [result.id for result in group(map(made, tasks)).apply_async()]}


def with_links(task, link=None, link_error=None):
    given = made(task)
    if link:
        given.link(made(link))
    if link_error:
        given.link_error(made(link_error))
    return {"id": given.apply_async().id}


def inspect(method, timeout=1.0, destination=None, **arguments):
    return {"replies": app.control.broadcast(method, reply=True, timeout=timeout, destination=destination, arguments=arguments)}


def revoke(id, terminate=False):
    app.control.revoke(id, terminate=terminate)
    return {}


def sweep(visibility_timeout, times=1):
    """What any client does that waits for a reply: it puts back what is, by its own clock, unacknowledged for too long."""
    client = Celery("sweeper", broker=app.conf.broker_url)
    client.conf.broker_transport_options = {"visibility_timeout": visibility_timeout}
    for _ in range(times):
        client.control.inspect(timeout=0.3).ping()
    return {}


def envelope(task, args=(), kwargs=None, **options):
    """The text of a genuine message, which goes nowhere."""
    queue = "nowhere-" + uuid.uuid4().hex
    app.send_task(task, args, kwargs or {}, queue=queue, **options)
    with app.connection_for_write() as connection:
        return {"text": connection.default_channel.client.rpop(queue).decode(), "queue": queue}


known = {function.__name__: function for function in (send, flood, get, state, in_chain, in_chord, in_group, with_links, inspect, revoke,
                                                      sweep, envelope)}

# Clients of redis-py 6 give their connections back when they are deleted, under a lock that is not reentrant: a collection while that lock is
# held would wait for ever. So only between two lines.
gc.disable()
for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = known[asked.pop("do")](**asked)
    except Exception as raised:
        answer = {"raised": type(raised).__name__, "module": type(raised).__module__, "arguments": [str(one) for one in raised.args]}
    print(json.dumps(answer, default=str), flush=True)
    gc.collect()
