# SPDX-License-Identifier: GPL-3.0-only
"""edit.py ID [JSON]: gives a record another value, or removes it, as a Flask shell would."""
import json
import sys

from app import Record, app, db

with app.app_context():
    record = db.session.get(Record, int(sys.argv[1]))
    if len(sys.argv) > 2:
        record.json = json.loads(sys.argv[2])
    else:
        db.session.delete(record)
    db.session.commit()
    print("changed" if len(sys.argv) > 2 else "removed")
