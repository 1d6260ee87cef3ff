// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "log/logformat.h"
#include "log/logwriter.h"

#include <memory>

namespace quoin::server {

class Settings;

/// Where every line of the process goes: installed, it takes all of Qt's messages, formats them and hands them to the
/// writer's thread. Before and after it, Qt writes to stderr by itself. One at a time; main() makes it once the
/// settings are known.
class Log
{
public:
    /// log.format and log.level of the settings, to stderr.
    explicit Log(const Settings &settings);
    /// format: of lines written to descriptor, which stays the caller's.
    Log(int descriptor, LogFormat format, const QString &level);
    /// Writes what is waiting, for at most two seconds, and gives messages back to Qt.
    ~Log();
    Log(const Log &) = delete;
    Log &operator=(const Log &) = delete;

    /// Of the lines from now on: log.level's values.
    static void setLevel(const QString &level);

    /// For request lines and tests. Lives as long as this.
    LogWriter &writer() { return m_writer; }

private:
    static void take(QtMsgType type, const QMessageLogContext &context, const QString &message);

    LogWriter m_writer;
    QtMessageHandler m_previous = nullptr;
};

} // namespace quoin::server
