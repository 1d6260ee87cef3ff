// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/jsonobject.h"
#include "queue/celery/pythonrepr.h"
#include "queue/celery/result.h"

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

QString nameOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Invalid:
        return u"Invalid"_s;
    case ErrorKind::NotFound:
        return u"NotFound"_s;
    case ErrorKind::Conflict:
        return u"Conflict"_s;
    case ErrorKind::Unavailable:
        return u"Unavailable"_s;
    case ErrorKind::Internal:
        break;
    }
    return u"TaskFailed"_s;
}

/// A client makes a class of this name; type() refuses NUL and what is no Unicode. Not so long that it hides the rest.
QString className(const QString &name, const QString &otherwise)
{
    QString plain = name.left(200);
    for (QChar &c : plain) {
        if (c.unicode() < 0x20 || c.unicode() == 0x7f || c.isSurrogate())
            c = u'_';
    }
    return plain.isEmpty() ? otherwise : plain;
}

QByteArray valuesOf(const TaskFault &fault)
{
    if (!fault.values.isEmpty())
        return fault.values;
    QByteArray list;
    for (const QString &text : fault.message)
        list.append(list.isEmpty() ? "" : ", ").append(json::quoted(text));
    return '[' + list + ']';
}

} // namespace

TaskFault TaskFault::failed(const Error &error)
{
    return {.type = nameOf(error.kind()), .message = {error.message()}, .values = {}, .traceback = {}};
}

TaskFault TaskFault::notRegistered(const QString &task)
{
    return {
        .type = u"NotRegistered"_s, .module = u"celery.exceptions"_s, .message = {task}, .values = {}, .traceback = {}};
}

TaskFault TaskFault::hardLimit(double seconds)
{
    return {.type = u"TimeLimitExceeded"_s,
            .module = u"billiard.exceptions"_s,
            .message = {},
            .values = '[' + QByteArray::number(seconds) + ']',
            .traceback = {}};
}

TaskFault TaskFault::softLimit()
{
    return {.type = u"SoftTimeLimitExceeded"_s,
            .module = u"billiard.exceptions"_s,
            .message = {},
            .values = {},
            .traceback = {}};
}

TaskFault TaskFault::revoked(const QString &reason)
{
    return {.type = u"TaskRevokedError"_s,
            .module = u"celery.exceptions"_s,
            .message = {reason},
            .values = {},
            .traceback = {}};
}

TaskFault TaskFault::chordFailed(const QString &sentence)
{
    return {.type = u"ChordError"_s,
            .module = u"celery.exceptions"_s,
            .message = {sentence},
            .values = {},
            .traceback = {}};
}

QByteArray TaskFault::repr() const
{
    QByteArray shown = pythonRepr(valuesOf(*this));
    shown.front() = '(';
    shown.back() = ')';
    return className(type, u"TaskFailed"_s).toUtf8() + shown;
}

QByteArray TaskFault::json() const
{
    JsonObject object;
    object.addText("exc_type", className(type, u"TaskFailed"_s));
    object.add("exc_message", valuesOf(*this));
    object.addText("exc_module", className(module, u"quoin"_s));
    return object.take();
}

} // namespace quoin::celery
