// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QString>

namespace quoin::celery {

/// Text of strangers as both databases store it: no longer than this, without NUL, which PostgreSQL refuses, and
/// without halves of surrogate pairs, which are no UTF-8. Pure; any thread.
QString storableText(const QString &text, qsizetype longest = 4000);

/// What stands for a task id in the column `message`: itself, or, if it is so long or strange that an index could not
/// hold it, "sha256:" and its digest.
QString storableMessage(const QString &id);

/// UTF-8 as a JSON string (RFC 8259 section 7): also for megabytes.
QByteArray quoted(const QByteArray &utf8);

} // namespace quoin::celery
