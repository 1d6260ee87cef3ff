// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <QDateTime>
#include <QFile>

#include <chrono>
#include <thread>

using namespace std::chrono_literals;
using quoin::Error;
using quoin::Result;
using quoin::TaskRun;

namespace {

/// A line in the file that $LABOUR_NOTES names: "<microseconds since 1970 UTC> <what> <task id> <attempt> <text>". One
/// write, so that processes may share the file.
void note(const TaskRun &run, const QByteArray &what, const QByteArray &text)
{
    QFile notes(qEnvironmentVariable("LABOUR_NOTES"));
    if (!notes.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
        return;
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    notes.write(QByteArray::number(qint64(now.time_since_epoch().count())) + ' ' + what + ' '
                + QByteArray::number(run.id()) + ' ' + QByteArray::number(run.attempt()) + ' ' + text + '\n');
}

/// All arguments, as JSON texts with a comma in between.
QList<Result<>> noteArguments(const QList<TaskRun> &runs)
{
    QList<Result<>> outcomes;
    for (const TaskRun &run : runs) {
        QByteArrayList texts;
        for (int i = 0; i < run.argumentCount(); ++i)
            texts += run.argument(i).text();
        note(run, "note", texts.join(','));
        outcomes += Result<>();
    }
    return outcomes;
}

/// Ends early when it is asked to.
Result<> sleepLightly(const TaskRun &run, qint64 milliseconds)
{
    note(run, "sleeping", QByteArray::number(milliseconds));
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    while (std::chrono::steady_clock::now() < end) {
        if (run.isStopRequested()) {
            note(run, "stopped", {});
            return Error::unavailable(u"it was asked to stop"_s);
        }
        std::this_thread::sleep_for(5ms);
    }
    note(run, "slept", QByteArray::number(milliseconds));
    return {};
}

Result<> sleepDeeply(const TaskRun &run, qint64 milliseconds)
{
    note(run, "sleeping", QByteArray::number(milliseconds));
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    note(run, "slept", QByteArray::number(milliseconds));
    return {};
}

Result<> fail(const TaskRun &run, const QString &message)
{
    note(run, "failing", message.toUtf8());
    qInfo("labour failing"); // with the trace that the run works for
    return Error::invalid(message);
}

Result<> failAtFirst(const TaskRun &run, qint64 failures)
{
    note(run, "trying", QByteArray::number(failures));
    if (run.attempt() <= failures)
        return Error::unavailable(u"not yet"_s);
    return {};
}

} // namespace

/// Tasks with which tests see what a queue does: each tells when it ran.
class Labour final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "labour.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        registry.batchTask(u"labour.note"_s, noteArguments, {.largestBatch = 1});
        registry.task(u"labour.sleep"_s, sleepLightly, {.attempts = 3, .firstDelay = 100ms});
        registry.task(u"labour.sleep_deeply"_s, sleepDeeply, {.attempts = 3, .firstDelay = 100ms});
        registry.task(u"labour.fail"_s, fail, {.attempts = 1});
        registry.task(u"labour.flaky"_s, failAtFirst, {.attempts = 5, .firstDelay = 100ms});
    }
};

#include "labour.moc"
