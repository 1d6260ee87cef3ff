# SPDX-License-Identifier: GPL-3.0-only
"""Celery and kombu without a broker, for tst_celerypython: a line of JSON in, a line out.

What a client would push is caught where kombu's virtual transport would hand it to Redis; what a worker would take from
Redis is given to the same code that a worker gives it to.
"""
import json
import sys

from celery import Celery, chain, chord, group
from celery.app.trace import build_tracer
from celery.backends.base import KeyValueStoreBackend
from celery.events import EventReceiver
from celery.events.state import State
from celery.result import AsyncResult
from celery.utils.saferepr import saferepr
from celery.utils.time import maybe_iso8601
from celery.worker.request import Request
from kombu import Connection
from kombu.transport import memory, virtual
from kombu.utils import json as kombu_json

pushed = []
parts = []


def catch(channel, queue, message, **kwargs):
    pushed.append([queue, kombu_json.dumps(message)])


memory.Channel._put = catch


class Store(KeyValueStoreBackend):
    """A result backend with the texts and keys of the one on Redis, in a dictionary."""
    persistent = True
    supports_native_join = True
    implements_incr = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.values = {}

    def get(self, key):
        return self.values.get(self.plain(key))

    def mget(self, keys):
        return [self.get(key) for key in keys]

    def set(self, key, value):
        self.values[self.plain(key)] = value

    def delete(self, key):
        self.values.pop(self.plain(key), None)

    def set_chord_size(self, group_id, chord_size):
        self.set(self.get_key_for_group(group_id, '.s'), chord_size)

    def apply_chord(self, header_result_args, body, **kwargs):
        pass

    def on_chord_part_return(self, request, state, result, **kwargs):
        if request.group and request.id:
            member = self.encode([1, request.id, state, self.encode_result(result, state)])
            parts.append([request.group, request.group_index, member, json.dumps(request.chord), request.id])

    def on_task_call(self, producer, task_id):
        return {}

    @staticmethod
    def plain(key):
        return key.decode() if isinstance(key, bytes) else key


app = Celery('app', broker='memory://')
app.conf.accept_content = ['json']
app.conf.task_default_queue = 'celery'
store = Store(app)
app.backend_cls = lambda *args, **kwargs: store
app._local.backend = store
app._backend_cache = store


@app.task(name='app.add')
def add(a, b=0):
    return a + b


@app.task(name='app.total')
def total(values):
    return sum(value or 0 for value in values)


@app.task(name='app.fail')
def fail(*args):
    raise KeyError('no')


@app.task(name='app.told')
def told(task_id):
    return task_id


def ours(*args, **kwargs):
    return app.signature('ours.task', args=args, kwargs=kwargs)


channel = Connection('memory://').channel()


def message_of(raw):
    return virtual.Message(json.loads(raw), channel=channel)


def request_of(raw):
    message = message_of(raw)
    name = message.headers['task']
    return Request(message, app=app, task=app.tasks.get(name) or add)


def plain(value):
    return json.loads(kombu_json.dumps(value))


def read_request(raw):
    request = request_of(raw)
    embed = request._Request__payload[2] or {}
    return {'id': request.id, 'name': request.name, 'type': request.type, 'args': request.args,
            'kwargs': request.kwargs, 'eta': request.eta and request.eta.isoformat(),
            'expires': request.expires and request.expires.isoformat(), 'limits': list(request.time_limits),
            'argsrepr': request.argsrepr, 'kwargsrepr': request.kwargsrepr, 'root': request.root_id,
            'parent': request.parent_id, 'retries': request.request_dict.get('retries'),
            'group': request.request_dict.get('group'), 'delivery': request.delivery_info,
            'reply_to': request.reply_to, 'correlation_id': request.correlation_id, 'embed': embed,
            'tag': request.message.delivery_tag, 'headers': request.message.headers}


def run(raw):
    """Runs a message as a pool process does: its state, its stored result, and what it published."""
    request = request_of(raw)
    args, kwargs, embed = request._Request__payload
    context = dict(request.request_dict, **(embed or {}))
    pushed.clear()
    parts.clear()
    task = app.tasks[request.type]
    tracer = build_tracer(task.name, task, app=app)
    tracer(request.id, args, kwargs, context)
    return {'stored': store.get('celery-task-meta-' + request.id), 'pushed': list(pushed), 'parts': list(parts),
            'sizes': sizes()}


def sizes():
    """Of chord headers, by group."""
    prefix = 'celery-taskset-meta-'
    return {key[len(prefix):-2]: value for key, value in store.values.items()
            if key.startswith(prefix) and key.endswith('.s')}


def publish(case):
    pushed.clear()
    store.values.clear()
    use_protocol(2)
    CASES[case]()
    return {'pushed': list(pushed), 'sizes': sizes()}


def use_protocol(number):
    app.conf.task_protocol = number
    app.amqp.__dict__.pop('create_task_message', None)  # which keeps the one it was made with


def old_protocol():
    use_protocol(1)
    add.apply_async((2,), {'b': None}, task_id='old', link=add.s(4), countdown=60)


CASES = {
    'delay': lambda: add.delay(2, 3),
    'everything': lambda: app.send_task(
        'app.any', (2, 'é'), {'b': [1, {'c': None}]}, task_id='all', countdown=60, expires=120, priority=4, time_limit=9,
        soft_time_limit=2.5, link=add.s(1), link_error=told.s(), shadow='shown', headers={'x-own': 1},
        queue='other', retries=2, group_id='g', group_index=3),
    'compressed': lambda: add.apply_async((2, 3), compression='zlib'),
    'bzip2': lambda: add.apply_async((2, 3), compression='bzip2'),
    'pickle': lambda: add.apply_async((2, 3), serializer='pickle'),
    'yaml': lambda: add.apply_async((2, 3), serializer='yaml'),
    'old protocol': old_protocol,
    'NaN': lambda: add.delay(float('nan')),
    'chain': lambda: chain(ours(1), add.s(2), add.s(3)).apply_async(),
    'chain of ours': lambda: chain(ours(1), ours(2).set(queue='q', priority=6), add.si(3, 4)).apply_async(),
    'callbacks': lambda: ours(1).apply_async(link=[add.s(1), add.si(2, 3), chain(add.s(4), add.s(5))]),
    'errbacks': lambda: ours(1).apply_async(link_error=[told.s(), add.si(1, 1)]),
    'chain with errback': lambda: chain(ours(1), add.s(2), group(add.s(3), add.s(4)),
                                        total.s()).apply_async(link_error=told.s()),
    'chain ends in a group': lambda: chain(ours(1), group(add.s(2), add.s(3))).apply_async(),
    'chain with a chord': lambda: chain(ours(1), group(add.s(2), add.s(3)), total.s(), add.s(10)).apply_async(),
    'chord of ours': lambda: chord([ours(1), ours(2)])(total.s()),
    'chord in a chord': lambda: chord([ours(1), chain(ours(2), add.s(1))])(
        chord([add.s(5), add.s(6)], total.s())),
    'chord of chains of ours': lambda: chord([chain(ours(1), ours(3)), chain(ours(2), ours(4))])(ours()),
    'map': lambda: ours(1).apply_async(link=[add.map([1, 2]), add.chunks([(1, 2), (3, 4)], 1)]),
    'stamps': lambda: ours(1).apply_async(link=[add.s(1).set(stamped_headers=['who'], who='me')]),
}

# The same with ids that a test can expect.
CASES.update({
    'errbacks, named': lambda: ours(1).set(task_id='first').apply_async(link_error=[told.s(), add.si(1, 1)]),
    'chain with errback, named': lambda: chain(
        ours(1).set(task_id='first'), group(add.s(3), add.s(4)),
        total.s().set(task_id='total')).apply_async(link_error=told.s()),
    'chain of ours, named': lambda: chain(ours(1).set(task_id='first'), ours(2).set(task_id='second'),
                                          add.si(3, 4).set(task_id='third')).apply_async(),
    'chord of ours, named': lambda: chord([ours(1).set(task_id='first'), ours(2).set(task_id='other')])(
        total.s().set(task_id='body').on_error(told.s())),
    'chord of chains of ours, named': lambda: chord(
        [chain(ours(1).set(task_id='first'), ours(3).set(task_id='second')),
         chain(ours(2).set(task_id='other'), ours(4).set(task_id='third'))])(ours().set(task_id='body')),
})


def read_result(task_id, text):
    store.values['celery-task-meta-' + task_id] = text
    store._cache.pop(task_id, None)
    result = AsyncResult(task_id, backend=store, app=app)
    answer = {'state': result.state, 'traceback': result.traceback,
              'done': result.date_done and str(result.date_done)}
    if result.ready():
        answer['children'] = [str(child) for child in result.children or []]
    try:
        answer['value'] = result.get(timeout=1, disable_sync_subtasks=False) if result.ready() else result.info
    except Exception as error:
        answer['raised'] = [type(error).__module__, type(error).__name__, [str(value) for value in error.args]]
    return json.loads(json.dumps(answer, default=str))


def write_result(kind):
    request = None
    store.values.clear()  # a success would stay
    if kind == 'success':
        store.store_result('w', {'a': 1}, 'SUCCESS', request=request)
    elif kind == 'revoked':
        store.mark_as_revoked('w', 'terminated')
    else:
        try:
            raise ValueError('bad', 42)
        except ValueError as error:
            if kind == 'failure':
                store.mark_as_failure('w', error, traceback='Traceback: here')
            else:
                store.mark_as_retry('w', error)
    text = store.get('celery-task-meta-w')
    return text.decode() if isinstance(text, bytes) else text


def read_event(raw):
    """As a receiver (celery events, gossip, Flower) takes it: what it makes of it, and the state after it."""
    message = message_of(raw)
    routing_key = message.delivery_info['routing_key']
    body = message.payload
    state = State()
    events = []
    receiver = EventReceiver(Connection('memory://'), app=app, handlers={'*': lambda event: events.append(event)})
    receiver._receive(body, message)
    for event in events:
        state.event(dict(event))
    return {'key': routing_key, 'events': plain(events),
            'workers': {name: worker.alive for name, worker in state.workers.items()},
            'tasks': {task.uuid: task.state for task in state.tasks.values()}}


def command(method, arguments, destination):
    """What app.control.inspect(...) publishes."""
    pushed.clear()
    caught = []
    original = memory.Channel._put_fanout
    memory.Channel._put_fanout = lambda channel, exchange, message, key=None, **kw: caught.append(
        kombu_json.dumps(message))
    try:
        app.control.broadcast(method, arguments=arguments, destination=destination, reply=False)
    finally:
        memory.Channel._put_fanout = original
    return caught[0]


OPERATIONS = {
    'request': lambda q: read_request(q['raw']),
    'run': lambda q: run(q['raw']),
    'publish': lambda q: publish(q['case']),
    'result': lambda q: read_result(q['id'], q['text']),
    'write': lambda q: write_result(q['kind']),
    'event': lambda q: read_event(q['raw']),
    'payload': lambda q: {'body': message_of(q['raw']).payload, 'headers': message_of(q['raw']).headers},
    'command': lambda q: command(q['method'], q['arguments'], q.get('destination')),
    'repr': lambda q: saferepr(tuple(json.loads(q['json'])), 1024),
    'unwraps': lambda q: hasattr(kombu_json, 'object_hook'),  # kombu 5.3 and later
    'time': lambda q: maybe_iso8601(q['text']).timestamp(),
}

print(json.dumps('ready'), flush=True)
for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = OPERATIONS[question['op']](question)
    except BaseException as error:  # also what would end a worker
        answer = {'error': f'{type(error).__name__}: {error}'}
    print(json.dumps(answer, default=str), flush=True)
