// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/probereport.h"

#include <QJsonDocument>

#include <csignal>
#include <cstring>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

/// What ran when the process ended, by the last step it announced; empty: nothing of the plugin.
QString whatRan(const QByteArray &step)
{
    if (step == "load")
        return u"while it was loaded (a static initialiser, or a library it needs)"_s;
    if (step == "construct")
        return u"in its constructor"_s;
    if (step == "describe")
        return u"in describe()"_s;
    return {};
}

QString signalName(int number)
{
    const char *const name = ::sigabbrev_np(number);
    return name ? u"SIG"_s + QLatin1StringView(name) : u"signal %1"_s.arg(number);
}

/// The last line of standard error, short enough for a log line: what an abort or a failed assertion has to say.
QString quotedLastWords(const QByteArray &text)
{
    constexpr qsizetype longest = 200;
    const QByteArrayList lines = text.trimmed().split('\n');
    const QString last = QString::fromUtf8(lines.last()).trimmed().left(longest);
    return last.isEmpty() ? QString() : u"; its last words: \"%1\""_s.arg(last);
}

struct Parsed
{
    QByteArray step;
    QByteArray report; ///< Complete, or empty.
};

Parsed parse(const QByteArray &output)
{
    Parsed parsed;
    const QByteArrayList lines = output.split('\n');
    for (qsizetype i = 0; i < lines.size() - 1; ++i) { // what follows the last '\n' is incomplete
        if (lines[i].startsWith('{'))
            parsed.report = lines[i];
        else
            parsed.step = lines[i];
    }
    return parsed;
}

Fault unfinished(const ProbeEnd &end, const QString &ran)
{
    const QString words = quotedLastWords(end.lastWords);
    const QString alone = u"; \"quoin plugin check FILE\" tries it alone"_s;
    if (end.timedOut) {
        return {u"it hung for %1 s %2"_s.arg(double(end.timedOut->count()) / 1000).arg(ran) + words,
                u"let it return at once, and move work to start()"_s + alone};
    }
    if (end.signal)
        return {u"it crashed with %1 %2"_s.arg(signalName(*end.signal), ran) + words,
                u"move what can fail to start()"_s + alone};
    return {u"it ended the process with exit code %1 %2"_s.arg(end.exitCode).arg(ran) + words,
            u"a plugin must not call exit(): return an Error from start()"_s + alone};
}

Fault withoutPlugin(const ProbeEnd &end)
{
    const QString why = end.notStarted ? *end.notStarted
        : end.timedOut                 ? u"it did not begin within %1 s"_s.arg(double(end.timedOut->count()) / 1000)
        : end.signal                   ? u"it was ended by %1"_s.arg(signalName(*end.signal))
                                       : u"it ended with exit code %1"_s.arg(end.exitCode);
    return {u"the process that tries it did not work: "_s + why + quotedLastWords(end.lastWords),
            u"look for a lack of memory or processes on this machine"_s};
}

/// The report of a probe that came to its end.
ProbeResult read(const QByteArray &report, ProbeResult result)
{
    const QJsonObject object = QJsonDocument::fromJson(report).object();
    const QString phase = object.value(u"phase"_s).toString();
    if (!phase.isEmpty()) {
        result.refusal.phase = phase == phaseName(Phase::Load) ? Phase::Load : Phase::Describe;
        result.refusal.reason = object.value(u"reason"_s).toString();
        result.refusal.remedy = object.value(u"remedy"_s).toString();
        return result;
    }
    const auto facts = object.contains(u"routes"_s) ? DescriptionFacts::fromJson(object)
                                                    : Error::invalid(u"no description of a plugin came back"_s);
    if (facts) {
        result.facts = *facts;
        return result;
    }
    result.refusal.reason = facts.error().message();
    result.refusal.remedy = u"build it with the SDK of this host"_s;
    return result;
}

} // namespace

ProbeResult judge(const AdmittedFile &file, const ProbeEnd &end)
{
    ProbeResult result;
    result.refusal = {file.path,    file.metadata.id, file.metadata.version.toString(),
                      Phase::Probe, QString(),        QString()};
    const Parsed parsed = parse(end.output);
    const bool isWhole = !parsed.report.isEmpty() && !end.signal && !end.timedOut && !end.isTooMuch
        && end.exitCode == 0;
    if (isWhole)
        return read(parsed.report, std::move(result));

    Fault fault;
    const QString ran = whatRan(parsed.step);
    const bool wasKilled = end.signal == SIGKILL && !end.timedOut;
    result.tryAgain = end.notStarted.has_value() || (ran.isEmpty() && parsed.step != "done") || wasKilled;
    if (end.isTooMuch) {
        result.tryAgain = false;
        fault = {u"it describes itself, or prints, without end"_s, u"shorten what it describes"_s};
    } else if (result.tryAgain && !wasKilled) {
        fault = withoutPlugin(end);
    } else {
        fault = unfinished(end, ran.isEmpty() ? u"after describe()"_s : ran);
    }
    result.refusal.reason = fault.reason;
    result.refusal.remedy = fault.remedy;
    return result;
}

} // namespace quoin::plugins
