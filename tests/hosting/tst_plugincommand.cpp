// SPDX-License-Identifier: GPL-3.0-only
#include "dropfolder.h"

#include "plugincheck.h"
#include "plugincommand.h"
#include "pluginplace.h"
#include "pluginput.h"
#include "plugins/pipeline.h"
#include "plugins/probe.h"
#include "plugins/prober.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <QTextStream>

#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin::server;
using namespace quoin::plugins;

namespace {

struct Outcome
{
    int exitCode = -1;
    QString out;
    QString err;
};

QByteArray hashOf(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

/// A supervisor without workers: the real pipeline and probes, and every plan goes live at once. It runs in this
/// process, whose event loop the commands run while they wait.
class Supervisor
{
public:
    explicit Supervisor(const DropFolder &drop)
    {
        PipelineOptions options;
        options.folder = drop.path();
        options.store = drop.store();
        options.probes = &m_prober;
        m_pipeline = std::make_unique<Pipeline>(options);
        QObject::connect(
            m_pipeline.get(), &Pipeline::planned, m_pipeline.get(), [this](const Plan &plan) { rollOut(plan); },
            Qt::QueuedConnection);
        if (const auto opened = m_pipeline->open(); !opened)
            qFatal("%s", qPrintable(opened.error().message()));
        m_pipeline->start();
        const PluginPlace place(drop.path(), drop.store());
        if (!QTest::qWaitFor([&place] { return PluginPlace::isRunning(*place.status()); }, testPatience))
            qFatal("the supervisor writes no status");
    }

    Pipeline &pipeline() { return *m_pipeline; }

    /// Why the first plan with plugins cannot be started; empty: it can.
    QString refusesOnce;

private:
    void rollOut(const Plan &plan)
    {
        const QString reason = plan.plugins.isEmpty() ? QString() : std::exchange(refusesOnce, {});
        if (reason.isEmpty())
            return m_pipeline->live(plan, ++m_generation);
        const PlannedPlugin &first = plan.plugins.first();
        m_pipeline->refused(plan, {{first.file, first.id, first.version, Phase::Start, reason, u"mend it"_s}});
    }

    Prober m_prober;
    std::unique_ptr<Pipeline> m_pipeline;
    quint64 m_generation = 0;
};

} // namespace

/// `quoin plugin ...` as functions, beside a real folder, store and pipeline.
class TestPluginCommand final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_drop.reset(); }

    void checkTellsWhatAPluginHas();
    void checkTellsWhatIsWrong_data();
    void checkTellsWhatIsWrong();
    void checkTellsWhatWouldBeWrongAsAnUpgrade();
    void checkNeedsNoSafeFolder();

    void withoutAServerItIsWrittenDownOnly();
    void whatDoesNotFitIsNamedAndLeavesNothing();
    void installingWaitsUntilItIsLive();
    void installingTellsARefusalOfTheServer();
    void theSameFileAgainIsJudgedAgain();
    void whatFailsTheCheckIsNotInstalled();
    void theSignatureComesWithIt();
    void anUnsafeFolderIsNotInstalledTo();
    void removingWaitsUntilItIsGone();
    void disablingAndEnablingWaitForTheServer();
    void enablingTellsWhatIsStillWrong();
    void rollingBackServesTheVersionBefore();
    void aStrangeIdIsNamed_data();
    void aStrangeIdIsNamed();
    void theListTellsStatesAndReasons();
    void theListSaysWhenNoServerRuns();
    void theListAsJson();

private:
    PluginPlace place() const { return {m_drop->path(), m_drop->store()}; }
    Outcome run(const QString &verb, const QString &operand = {}, bool asJson = false) const
    {
        Outcome outcome;
        QTextStream out(&outcome.out);
        QTextStream err(&outcome.err);
        outcome.exitCode = managePlugins(place(), verb, operand, asJson, {out, err, 20s});
        return outcome;
    }
    /// A build outside of the folder; number tells builds apart.
    QString build(const QString &id, int number = 0) const
    {
        QFile file(m_built->filePath(id + u".so"_s));
        QByteArray bytes = DropFolder::plugin(id);
        if (number)
            bytes += "\nbuild " + QByteArray::number(number);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }
    QByteArray installed(const QString &name) const
    {
        QFile file(m_drop->file(name));
        return file.open(QIODevice::ReadOnly) ? hashOf(file.readAll()) : QByteArray();
    }

    std::unique_ptr<DropFolder> m_drop;
    std::unique_ptr<QTemporaryDir> m_built;
};

void TestPluginCommand::init()
{
    m_drop = std::make_unique<DropFolder>();
    m_built = std::make_unique<QTemporaryDir>();
}

void TestPluginCommand::checkTellsWhatAPluginHas()
{
    QString text;
    QTextStream out(&text);
    QCOMPARE(checkPlugin(build(u"good"_s), false, out), 0);
    for (const QString &word : {u"good 1.0.0: Test plugin good\n"_s, u"/good/{id}"_s, u"id: integer"_s, u"sdk="_s,
                                QString::fromLatin1(hashOf(DropFolder::plugin(u"good"_s))), u"\nok: "_s})
        QVERIFY2(text.contains(word), qPrintable(text));

    text.clear();
    QCOMPARE(checkPlugin(build(u"good"_s), true, out), 0);
    const QJsonObject object = QJsonDocument::fromJson(text.toUtf8()).object();
    QCOMPARE(object.value(u"ok"_s).toBool(), true);
    QCOMPARE(object.value(u"id"_s).toString(), u"good"_s);
    const auto facts = DescriptionFacts::fromJson(object.value(u"description"_s).toObject());
    QVERIFY(facts);
    QCOMPARE(facts->routes.size(), 1);
}

void TestPluginCommand::checkTellsWhatIsWrong_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("phase");
    QTest::addColumn<QString>("word");
    QTest::newRow("not there") << QString() << u"take"_s << u"there is no such file"_s;
    QTest::newRow("lint") << u"rpath"_s << u"lint"_s << u"/opt/elsewhere"_s;
    QTest::newRow("metadata") << u"foreigninterface"_s << u"metadata"_s << u"interface"_s;
    QTest::newRow("load") << u"throwingconstructor"_s << u"load"_s << u"no more threads"_s;
    QTest::newRow("probe") << u"exitingconstructor"_s << u"probe"_s << u"ended the process"_s;
    QTest::newRow("describe") << u"throwingdescribe"_s << u"describe"_s << u"cannot say"_s;
}

void TestPluginCommand::checkTellsWhatIsWrong()
{
    QFETCH(QString, id);
    QFETCH(QString, phase);
    QFETCH(QString, word);
    const QString file = id.isEmpty() ? u"/nonexistent/x.so"_s : build(id);
    QString text;
    QTextStream out(&text);
    QCOMPARE(checkPlugin(file, false, out), 1);
    QVERIFY2(text.contains(u"REFUSED in "_s + phase + u": "_s), qPrintable(text));
    QVERIFY2(text.contains(word), qPrintable(text));
    QVERIFY2(text.contains(u"what to do: "_s), qPrintable(text));
    QVERIFY2(text.contains(file), qPrintable(text));

    text.clear();
    QCOMPARE(checkPlugin(file, true, out), 1);
    const QJsonObject object = QJsonDocument::fromJson(text.toUtf8()).object();
    QCOMPARE(object.value(u"ok"_s).toBool(true), false);
    QCOMPARE(object.value(u"phase"_s).toString(), phase);
    QVERIFY(!object.value(u"remedy"_s).toString().isEmpty());
}

void TestPluginCommand::checkTellsWhatWouldBeWrongAsAnUpgrade()
{
    QString text;
    QTextStream out(&text);
    QCOMPARE(checkPlugin(build(u"droppingmigration"_s), false, out), 0);
    QVERIFY2(text.contains(u"as an upgrade it would be REFUSED: "_s), qPrintable(text));
    QVERIFY2(text.contains(u"droppingmigration/0002-drop-size takes away"_s), qPrintable(text));

    text.clear();
    QCOMPARE(checkPlugin(build(u"droppingmigration"_s), true, out), 0);
    const QJsonObject object = QJsonDocument::fromJson(text.toUtf8()).object();
    QVERIFY(!object.value(u"asUpgrade"_s).toObject().value(u"remedy"_s).toString().isEmpty());
}

/// Whoever owns it and whoever may write to it: it is looked at, not served.
void TestPluginCommand::checkNeedsNoSafeFolder()
{
    const QString file = build(u"good"_s);
    QFile::setPermissions(file, QFile::permissions(file) | QFileDevice::WriteOther);
    QFile::setPermissions(m_built->path(), QFile::permissions(m_built->path()) | QFileDevice::WriteOther);
    QVERIFY(checkPluginFile(file).isGood());
}

void TestPluginCommand::withoutAServerItIsWrittenDownOnly()
{
    const Outcome installed = run(u"install"_s, build(u"good"_s));
    QCOMPARE(installed.exitCode, 0);
    QCOMPARE(installed.out,
             u"good 1.0.0 is installed; no server runs with this data.dir, the next one will take it up\n"_s);
    QCOMPARE(this->installed(u"good.so"_s), hashOf(DropFolder::plugin(u"good"_s)));

    const Outcome disabled = run(u"disable"_s, u"good"_s);
    QCOMPARE(disabled.exitCode, 1); // there is nowhere to write it down, and a store is not made for another user
    QVERIFY2(disabled.err.contains(u"no server has run with this data.dir yet"_s), qPrintable(disabled.err));
    QVERIFY(!QFileInfo::exists(m_drop->store()));

    const Outcome removed = run(u"remove"_s, u"good"_s);
    QCOMPARE(removed.exitCode, 0);
    QVERIFY(!QFileInfo::exists(m_drop->file(u"good.so"_s)));
}

/// A disk that takes only a part of it, played by a limit of this process (setrlimit(2)).
void TestPluginCommand::whatDoesNotFitIsNamedAndLeavesNothing()
{
    const CheckedPlugin good = checkPluginFile(build(u"good"_s));
    QVERIFY(good.isGood());
    const auto before = std::signal(SIGXFSZ, SIG_IGN);
    rlimit usual = {};
    ::getrlimit(RLIMIT_FSIZE, &usual);
    const rlimit small{10 * 1024, usual.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto put = putPlugin(m_drop->path(), good);
    ::setrlimit(RLIMIT_FSIZE, &usual);
    std::signal(SIGXFSZ, before);
    QVERIFY(!put);
    QCOMPARE(put.error().message(), u"cannot write %1: %2"_s.arg(m_drop->file(u"good.so"_s), qt_error_string(EFBIG)));
    QCOMPARE(QDir(m_drop->path()).entryList(QDir::Files | QDir::Hidden), QStringList());
}

void TestPluginCommand::installingWaitsUntilItIsLive()
{
    Supervisor supervisor(*m_drop);
    const Outcome first = run(u"install"_s, build(u"good"_s));
    QCOMPARE(first.err, QString());
    QCOMPARE(first.out, u"good 1.0.0 is live\n"_s);
    QCOMPARE(first.exitCode, 0);
    QCOMPARE(supervisor.pipeline().livePlan().plugins.size(), 1);

    const QString next = build(u"good"_s, 2);
    QCOMPARE(run(u"install"_s, next).out, u"good 1.0.0 is live\n"_s);
    QCOMPARE(supervisor.pipeline().livePlan().plugins.first().sha256, installed(u"good.so"_s));
    QCOMPARE(QDir(m_drop->path()).entryList(QDir::Files | QDir::Hidden), QStringList{u"good.so"_s});
}

void TestPluginCommand::installingTellsARefusalOfTheServer()
{
    Supervisor supervisor(*m_drop);
    const Outcome outcome = run(u"install"_s, build(u"requiresabsent"_s));
    QCOMPARE(outcome.exitCode, 1);
    QVERIFY2(outcome.err.startsWith(u"requiresabsent 1.0.0 is refused in resolve: "_s), qPrintable(outcome.err));
    QVERIFY2(outcome.err.contains(u"org.example.absent"_s), qPrintable(outcome.err));
    QVERIFY2(outcome.err.contains(u"what to do: "_s), qPrintable(outcome.err));
}

/// A worker could not start it; what it lacked is there now.
void TestPluginCommand::theSameFileAgainIsJudgedAgain()
{
    Supervisor supervisor(*m_drop);
    supervisor.refusesOnce = u"there is no table orders"_s;
    const Outcome first = run(u"install"_s, build(u"good"_s));
    QCOMPARE(first.exitCode, 1);
    QVERIFY2(first.err.contains(u"there is no table orders"_s), qPrintable(first.err));
    const Outcome again = run(u"install"_s, build(u"good"_s));
    QCOMPARE(again.err, QString());
    QCOMPARE(again.out, u"good 1.0.0 is live\n"_s);
}

void TestPluginCommand::whatFailsTheCheckIsNotInstalled()
{
    const Outcome outcome = run(u"install"_s, build(u"exitingconstructor"_s));
    QCOMPARE(outcome.exitCode, 1);
    QVERIFY2(outcome.err.contains(u"REFUSED in probe"_s), qPrintable(outcome.err));
    QVERIFY2(outcome.err.endsWith(u"nothing was installed\n"_s), qPrintable(outcome.err));
    QVERIFY(QDir(m_drop->path()).isEmpty());
}

void TestPluginCommand::theSignatureComesWithIt()
{
    const QString file = build(u"good"_s);
    QFile signature(file + u".sig"_s);
    QVERIFY(signature.open(QIODevice::WriteOnly) && signature.write("signed") == 6);
    signature.close();
    QCOMPARE(run(u"install"_s, file).exitCode, 0);
    QCOMPARE(installed(u"good.so.sig"_s), hashOf("signed"));
    // One that is not signed does not keep the signature of another.
    QVERIFY(signature.remove());
    QCOMPARE(run(u"install"_s, build(u"good"_s, 2)).exitCode, 0);
    QVERIFY(!QFileInfo::exists(m_drop->file(u"good.so.sig"_s)));
}

void TestPluginCommand::anUnsafeFolderIsNotInstalledTo()
{
    QFile::setPermissions(m_drop->path(), QFile::permissions(m_drop->path()) | QFileDevice::WriteOther);
    const Outcome outcome = run(u"install"_s, build(u"good"_s));
    QCOMPARE(outcome.exitCode, 1);
    QVERIFY2(outcome.err.contains(m_drop->path() + u" is writable by others"_s), qPrintable(outcome.err));
    QVERIFY(QDir(m_drop->path()).isEmpty());
}

void TestPluginCommand::removingWaitsUntilItIsGone()
{
    Supervisor supervisor(*m_drop);
    QCOMPARE(run(u"install"_s, build(u"good"_s)).exitCode, 0);
    const Outcome outcome = run(u"remove"_s, u"good"_s);
    QCOMPARE(outcome.err, QString());
    QCOMPARE(outcome.out, u"good is removed\n"_s);
    QVERIFY(supervisor.pipeline().livePlan().plugins.isEmpty());
}

void TestPluginCommand::disablingAndEnablingWaitForTheServer()
{
    Supervisor supervisor(*m_drop);
    QCOMPARE(run(u"install"_s, build(u"good"_s)).exitCode, 0);
    QCOMPARE(run(u"enable"_s, u"good"_s).out, u"good is live already\n"_s);
    for (int round = 0; round < 3; ++round) {
        QCOMPARE(run(u"disable"_s, u"good"_s).out, u"good is disabled\n"_s);
        QTRY_VERIFY(supervisor.pipeline().livePlan().plugins.isEmpty());
        QCOMPARE(run(u"enable"_s, u"good"_s).out, u"good 1.0.0 is live\n"_s);
        QCOMPARE(supervisor.pipeline().livePlan().plugins.size(), 1);
    }
    QCOMPARE(run(u"disable"_s, u"good"_s).exitCode, 0);
    const Outcome outcome = run(u"install"_s, build(u"good"_s, 2));
    QCOMPARE(outcome.out, u"good is installed, but disabled: \"quoin plugin enable good\" serves it\n"_s);
}

/// Enabling helps against what was held against it, not against what it is.
void TestPluginCommand::enablingTellsWhatIsStillWrong()
{
    Supervisor supervisor(*m_drop);
    QCOMPARE(run(u"install"_s, build(u"requiresabsent"_s)).exitCode, 1);
    const Outcome outcome = run(u"enable"_s, u"requiresabsent"_s);
    QCOMPARE(outcome.exitCode, 1);
    QVERIFY2(outcome.err.startsWith(u"requiresabsent 1.0.0 is refused in resolve: "_s), qPrintable(outcome.err));
}

void TestPluginCommand::rollingBackServesTheVersionBefore()
{
    Supervisor supervisor(*m_drop);
    QCOMPARE(run(u"install"_s, build(u"good"_s)).exitCode, 0);
    const Outcome nothing = run(u"rollback"_s, u"good"_s);
    QCOMPARE(nothing.exitCode, 1);
    QVERIFY2(nothing.err.contains(u"nothing to roll back to"_s), qPrintable(nothing.err));

    const QByteArray before = installed(u"good.so"_s);
    QCOMPARE(run(u"install"_s, build(u"good"_s, 2)).exitCode, 0);
    const Outcome outcome = run(u"rollback"_s, u"good"_s);
    QCOMPARE(outcome.err, QString());
    QCOMPARE(outcome.out, u"good 1.0.0 is live\n"_s);
    QCOMPARE(supervisor.pipeline().livePlan().plugins.first().sha256, before);

    QCOMPARE(run(u"enable"_s, u"good"_s).out, u"good 1.0.0 is live\n"_s);
    QCOMPARE(supervisor.pipeline().livePlan().plugins.first().sha256, installed(u"good.so"_s));
}

void TestPluginCommand::aStrangeIdIsNamed_data()
{
    QTest::addColumn<QString>("verb");
    for (const char *verb : {"remove", "enable", "disable"})
        QTest::newRow(verb) << QString::fromLatin1(verb);
}

void TestPluginCommand::aStrangeIdIsNamed()
{
    QFETCH(QString, verb);
    m_drop->add(u"good"_s);
    const Supervisor supervisor(*m_drop);
    for (const QString &id : {u"nobody"_s, u"../plugins/good"_s, u"good.so"_s, QString()}) {
        const Outcome outcome = run(verb, id);
        QCOMPARE(outcome.exitCode, 1);
        QCOMPARE(outcome.err, u"quoin: there is no plugin %1 in %2; there are good\n"_s.arg(id, m_drop->path()));
    }
    QVERIFY(QFileInfo::exists(m_drop->file(u"good.so"_s)));
}

void TestPluginCommand::theListTellsStatesAndReasons()
{
    const Supervisor supervisor(*m_drop);
    QCOMPARE(run(u"install"_s, build(u"good"_s)).exitCode, 0);
    QCOMPARE(run(u"install"_s, build(u"requiresabsent"_s)).exitCode, 1);
    const Outcome outcome = run(u"list"_s);
    QCOMPARE(outcome.exitCode, 0);
    QCOMPARE(outcome.err, QString());
    const QStringList lines = outcome.out.split(u'\n');
    QCOMPARE(lines.size(), 4);
    QVERIFY2(lines[0].startsWith(u"PLUGIN "_s), qPrintable(lines[0]));
    QVERIFY2(lines[1].startsWith(u"good "_s) && lines[1].contains(u"  live  "_s), qPrintable(lines[1]));
    QVERIFY2(lines[2].startsWith(u"requiresabsent "_s) && lines[2].contains(u"  refused  "_s)
                 && lines[2].contains(u"resolve: "_s),
             qPrintable(lines[2]));
}

void TestPluginCommand::theListSaysWhenNoServerRuns()
{
    QCOMPARE(run(u"list"_s).out, u"there is no plugin in %1\n"_s.arg(m_drop->path()));
    m_drop->add(u"good"_s);
    const Outcome outcome = run(u"list"_s);
    QCOMPARE(outcome.exitCode, 0);
    QVERIFY2(outcome.err.startsWith(u"no server runs with this data.dir"_s), qPrintable(outcome.err));
    QVERIFY2(outcome.out.contains(u"no server has looked at it"_s), qPrintable(outcome.out));
    QVERIFY(!QFileInfo::exists(m_drop->store()));
}

void TestPluginCommand::theListAsJson()
{
    const Supervisor supervisor(*m_drop);
    QCOMPARE(run(u"install"_s, build(u"good"_s)).exitCode, 0);
    const QJsonObject object = QJsonDocument::fromJson(run(u"list"_s, {}, true).out.toUtf8()).object();
    QCOMPARE(object.value(u"running"_s).toBool(), true);
    const auto status = HostStatus::fromJson([&] {
        QJsonObject known = object;
        known.remove(u"running"_s);
        return known;
    }());
    QVERIFY(status);
    QVERIFY(status->plugin(u"good"_s));
    QCOMPARE(status->plugin(u"good"_s)->current.state, PluginState::Live);
}

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 3 && arguments[1] == u"plugin-probe"_s)
        probeMain(arguments[2]);
    TestPluginCommand test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_plugincommand.moc"
