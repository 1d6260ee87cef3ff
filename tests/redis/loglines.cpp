// SPDX-License-Identifier: GPL-3.0-only
#include "loglines.h"

#include <QtGlobal>

#include <mutex>

namespace quoin::test {

namespace {

std::mutex mutex;
QStringList lines;
QtMessageHandler before = nullptr;

void keep(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    {
        const std::lock_guard lock(mutex);
        lines.append(message);
    }
    before(type, context, message);
}

} // namespace

LogLines::LogLines()
{
    lines.clear();
    before = qInstallMessageHandler(keep);
}

LogLines::~LogLines() { qInstallMessageHandler(before); }

QStringList LogLines::with(const QString &text) const
{
    const std::lock_guard lock(mutex);
    return lines.filter(text);
}

} // namespace quoin::test
