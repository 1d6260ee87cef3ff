# SPDX-License-Identifier: GPL-3.0-only
"""The peer: the Python stack of the tutorial, in the few lines a person would write, on Debian's packages.

It is what our promises about living side by side are tested against (tests/e2e) and what our figures are compared with (tests/bench).
SQLALCHEMY_DATABASE_URI names the database; REDIS_HOST[:PORT] and CELERY_BROKER_URL, if set, the visit counter and the queue.
"""
import os

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy_utils import JSONType

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["SQLALCHEMY_DATABASE_URI"]
app.json.sort_keys = False
db = SQLAlchemy(app)


class Record(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    json = db.Column(JSONType)

    def as_dict(self):
        return {"id": self.id, "data": self.json}


def later(recid, data):
    """Hands the record to the queue; without one there is nobody to archive it."""


if "CELERY_BROKER_URL" in os.environ:
    from tasks import make_sip

    later = make_sip.delay

if "REDIS_HOST" in os.environ:
    import redis

    host, _, port = os.environ["REDIS_HOST"].partition(":")
    cache = redis.Redis(host=host, port=int(port or 6379))


@app.route("/")
def hello():
    return "I have been seen {} times.\n".format(cache.incr("hits"))


@app.route("/record", methods=["POST"])
def add():
    record = Record(json=request.get_json(force=True))
    db.session.add(record)
    db.session.commit()
    later(record.id, record.json)
    return jsonify(record.as_dict())


@app.route("/record")
def every():
    return jsonify(results=[record.as_dict() for record in Record.query.order_by(Record.id).all()])


@app.route("/record/<int:recid>")
def one(recid):
    return jsonify(db.get_or_404(Record, recid).as_dict())


with app.app_context():
    db.create_all()
