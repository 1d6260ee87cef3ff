// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QStringView>

namespace quoin::celery {

/// About as long as Celery lets argsrepr and kwargsrepr be; what is then cut is never longer than six times this.
constexpr qsizetype longestRepr = 1024;

/// How Python shows the value of a JSON text: "{'a': None, 'b': 1.50}". For people who read logs, Flower and events.
/// Cut after about `longest` bytes with "..." as Celery does, at most three levels deep as Celery does; numbers keep
/// their own text. Requires JSON (json::check). Linear time. Pure; any thread.
QByteArray pythonRepr(QByteArrayView json, qsizetype longest = longestRepr);

/// The same for an array that Python would call with: "(1, {'a': None})", "(1,)", "()".
QByteArray pythonTupleRepr(QByteArrayView array, qsizetype longest = longestRepr);

/// A Python string literal: 'it' or "it's", escaped as repr() does.
QByteArray pythonStringRepr(QStringView string);

} // namespace quoin::celery
