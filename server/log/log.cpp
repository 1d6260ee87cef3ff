// SPDX-License-Identifier: GPL-3.0-only
#include "log/log.h"

#include "settings/settings.h"
#include "trace/current.h"

#include <QLoggingCategory>

#include <unistd.h>

#include <atomic>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

std::atomic<LogWriter *> current = nullptr;

LogFormat formatFor(const QString &name, int descriptor)
{
    const bool isTerminal = ::isatty(descriptor) == 1;
    if (name == u"json"_s || (name == u"auto"_s && !isTerminal))
        return LogFormat::Json;
    const bool wantsColour = isTerminal && qEnvironmentVariableIsEmpty("NO_COLOR"); // https://no-color.org
    return wantsColour ? LogFormat::ColouredText : LogFormat::Text;
}

/// Filter rules rather than a test in the sink: a line that is off costs its caller one load. QT_LOGGING_RULES can
/// still overrule them.
QString rulesFor(const QString &level)
{
    if (level == u"debug"_s)
        return u"*.debug=true\nqt.*.debug=false"_s; // Qt's own debug lines are about Qt
    QString rules = u"*.debug=false"_s;
    if (level != u"info"_s)
        rules += u"\n*.info=false"_s;
    if (level == u"critical"_s)
        rules += u"\n*.warning=false"_s;
    return rules;
}

/// With the trace that the thread works for, unless the line is about another one.
QString traced(const QString &message)
{
    const trace::Context *now = trace::current();
    if (!now || message.contains(" trace="_L1))
        return message;
    return message + " trace="_L1 + QLatin1StringView(trace::traceId(*now));
}

} // namespace

Log::Log(const Settings &settings)
    : Log(STDERR_FILENO, formatFor(settings.text(u"log.format"_s), STDERR_FILENO), settings.text(u"log.level"_s))
{
}

Log::Log(int descriptor, LogFormat format, const QString &level)
    : m_writer({.descriptor = descriptor, .format = format})
{
    Q_ASSERT(!current);
    current = &m_writer;
    setLevel(level);
    m_previous = qInstallMessageHandler(&Log::take);
}

Log::~Log()
{
    qInstallMessageHandler(m_previous);
    current = nullptr;
}

void Log::setLevel(const QString &level) { QLoggingCategory::setFilterRules(rulesFor(level)); }

void Log::take(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    LogWriter *writer = current;
    if (!writer)
        return;
    const QByteArray category = context.category ? context.category : "default";
    writer->add({std::chrono::system_clock::now(), type, category, traced(message)});
    if (type == QtFatalMsg)
        writer->flush(std::chrono::seconds(1)); // Qt aborts when this returns
}

} // namespace quoin::server
