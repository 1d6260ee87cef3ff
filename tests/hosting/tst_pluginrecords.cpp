// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pluginrecords.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <sys/stat.h>

#include <memory>
#include <vector>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::plugins;

namespace {

const QDateTime noon(QDate(2026, 1, 1), QTime(12, 0, 0, 123), Qt::UTC);

HostStatus fullStatus()
{
    HostStatus status;
    status.supervisor = 4711;
    status.generation = 12;
    status.since = noon;
    VersionFate current{u"2.1.0"_s, u"Orders"_s, "aa", PluginState::Live, noon, {}, {}, {}};
    VersionFate away{u"2.2.0"_s, u"Orders"_s,       "bb",         PluginState::Refused, noon,
                     u"start"_s, u"no \"table\""_s, u"make one"_s};
    status.plugins.append(
        {u"orders"_s, u"/drop/orders.so"_s, current, away, true, {{u"2.1.0"_s, u"Orders"_s, "aa", noon}}});
    status.plugins.append({u"zebra"_s, u"/drop/zebra.so"_s, current, {}, false, {}});
    status.quarantine.append({{u"orders"_s, "cc"}, u"2.0.0"_s, u"crashed 3 times"_s, noon, 3});
    status.barred.append({{u"orders"_s, "dd"}, u"1.9.0"_s, u"crashed"_s, noon});
    status.workers.append(QJsonObject{{u"pid"_s, 5000}});
    return status;
}

} // namespace

class TestPluginRecords final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void nothingYetIsEmpty();
    void statusComesBackAsItWas();
    void choicesComeBackAsTheyWere();
    void everyStateHasAName();
    void filesAreForTheirOwnerOnly();
    void aDamagedFileIsKeptAside_data();
    void aDamagedFileIsKeptAside();
    void membersOfALaterVersionAreNoDamage();
    void aChoiceThatFailsChangesNothing();
    void choicesOfManyAreAllKept();
    void rollingBackPinsWhatWasLiveBefore();
    void thereMayBeNothingToRollBackTo();
    void enablingLiftsEverything();
    void nothingIsLeftBeside();
    void anUnsafeStoreIsAnError();

private:
    PluginRecords records() const { return *PluginRecords::open(m_folder->path()); }
    QString file(const QString &name) const { return m_folder->filePath(name); }
    void write(const QString &name, const QByteArray &text) const
    {
        QFile target(file(name));
        QVERIFY(target.open(QIODevice::WriteOnly));
        target.write(text);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestPluginRecords::init() { m_folder = std::make_unique<QTemporaryDir>(); }

void TestPluginRecords::nothingYetIsEmpty()
{
    QVERIFY(records().status().plugins.isEmpty());
    QCOMPARE(records().choices(), Choices());
}

void TestPluginRecords::statusComesBackAsItWas()
{
    const HostStatus status = fullStatus();
    QVERIFY(records().write(status));
    const HostStatus back = records().status();
    QCOMPARE(back.supervisor, status.supervisor);
    QCOMPARE(back.generation, status.generation);
    QCOMPARE(back.since, status.since);
    QCOMPARE(back.plugins, status.plugins);
    QCOMPARE(back.quarantine, status.quarantine);
    QCOMPARE(back.barred, status.barred);
    QCOMPARE(back.workers, status.workers);
}

void TestPluginRecords::choicesComeBackAsTheyWere()
{
    Choices choices;
    choices.disable(u"b"_s);
    choices.disable(u"a"_s);
    choices.disable(u"b"_s);
    choices.pinned.insert(u"c"_s, {"11", "22"});
    choices.enabled.insert(u"d"_s, noon);
    QVERIFY(records().choose([&](Choices &stored) {
        stored = choices;
        return Result<>();
    }));
    QCOMPARE(records().choices(), choices);
    QCOMPARE(choices.disabled, (QStringList{u"a"_s, u"b"_s}));
}

void TestPluginRecords::everyStateHasAName()
{
    QStringList names;
    for (int i = 0; i <= static_cast<int>(PluginState::Disabled); ++i) {
        const auto state = static_cast<PluginState>(i);
        QVERIFY(!names.contains(stateName(state)));
        names.append(stateName(state));
        QVERIFY(stateOfName(stateName(state)) == state);
    }
    QVERIFY(!stateOfName(u"unknown"_s));
}

void TestPluginRecords::filesAreForTheirOwnerOnly()
{
    QVERIFY(records().write(fullStatus()));
    QVERIFY(records().choose([](Choices &choices) {
        choices.disable(u"a"_s);
        return Result<>();
    }));
    for (const QString &name : {PluginRecords::statusName(), PluginRecords::choicesName()}) {
        struct stat status = {};
        QCOMPARE(::stat(QFile::encodeName(file(name)).constData(), &status), 0);
        QCOMPARE(static_cast<int>(status.st_mode & 0777), 0600);
    }
}

void TestPluginRecords::aDamagedFileIsKeptAside_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("no JSON") << QByteArray("{\"plugins\": [");
    QTest::newRow("no object") << QByteArray("[]");
    QTest::newRow("a list that is none") << QByteArray("{\"plugins\": 7}");
    QTest::newRow("no state") << QByteArray("{\"plugins\": [{\"id\": \"a\", \"state\": \"dancing\"}]}");
}

void TestPluginRecords::aDamagedFileIsKeptAside()
{
    QFETCH(QByteArray, text);
    write(PluginRecords::statusName(), text);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"^records damaged file=.*status.json reason=\".+\" kept="_s));
    QVERIFY(records().status().plugins.isEmpty());
    QFile aside(file(u"status.json.damaged"_s));
    QVERIFY(aside.open(QIODevice::ReadOnly));
    QCOMPARE(aside.readAll(), text);
    QVERIFY(records().write(fullStatus()));
    QCOMPARE(records().status().plugins.size(), 2);
}

void TestPluginRecords::membersOfALaterVersionAreNoDamage()
{
    QJsonObject object = fullStatus().toJson();
    object.insert(u"later"_s, true);
    QJsonArray plugins = object.value(u"plugins"_s).toArray();
    QJsonObject plugin = plugins.first().toObject();
    plugin.insert(u"colour"_s, u"red"_s);
    plugins.replace(0, plugin);
    object.insert(u"plugins"_s, plugins);
    const auto status = HostStatus::fromJson(object);
    QVERIFY(status);
    QCOMPARE(status->plugins, fullStatus().plugins);
}

void TestPluginRecords::aChoiceThatFailsChangesNothing()
{
    const auto chosen = records().choose([](Choices &choices) -> Result<> {
        choices.disable(u"a"_s);
        return Error::notFound(u"no such plugin"_s);
    });
    QVERIFY(!chosen);
    QCOMPARE(chosen.error().message(), u"no such plugin"_s);
    QVERIFY(!QFileInfo::exists(file(PluginRecords::choicesName())));
}

void TestPluginRecords::choicesOfManyAreAllKept()
{
    std::vector<std::unique_ptr<QThread>> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back(QThread::create([this, i] {
            for (int n = 0; n < 5; ++n) {
                const auto chosen = records().choose([&](Choices &choices) {
                    choices.disable(u"p%1.%2"_s.arg(i).arg(n));
                    return Result<>();
                });
                if (!chosen)
                    qWarning() << chosen.error().message();
            }
        }));
        threads.back()->start();
    }
    for (const auto &thread : threads)
        thread->wait();
    QCOMPARE(records().choices().disabled.size(), 40);
}

void TestPluginRecords::rollingBackPinsWhatWasLiveBefore()
{
    HostStatus status = fullStatus();
    status.plugins[0].turnedAway.reset();
    status.plugins[0].history = {{u"2.1.0"_s, {}, "aa", noon}, {u"2.0.0"_s, {}, "99", noon}};
    Choices choices;
    choices.disable(u"orders"_s);
    QVERIFY(choices.rollBack(u"orders"_s, status));
    QCOMPARE(choices.pinned.value(u"orders"_s), (Pin{"99", "aa"}));
    QVERIFY(choices.disabled.isEmpty());

    // Once more, from a version that already serves in the place of the file.
    status.plugins[0].turnedAway = VersionFate{u"2.2.0"_s, {}, "bb", PluginState::Refused, noon, {}, {}, {}};
    QVERIFY(choices.rollBack(u"orders"_s, status));
    QCOMPARE(choices.pinned.value(u"orders"_s), (Pin{"99", "bb"}));
}

void TestPluginRecords::thereMayBeNothingToRollBackTo()
{
    Choices choices;
    QCOMPARE(choices.rollBack(u"orders"_s, fullStatus()).error().kind(), ErrorKind::NotFound);
    QCOMPARE(choices.rollBack(u"nobody"_s, fullStatus()).error().message(), u"no plugin nobody is known here"_s);
    QCOMPARE(choices, Choices());
}

void TestPluginRecords::enablingLiftsEverything()
{
    Choices choices;
    choices.disable(u"a"_s);
    choices.pinned.insert(u"a"_s, {"1", "2"});
    choices.enable(u"a"_s, noon);
    QVERIFY(choices.disabled.isEmpty());
    QVERIFY(choices.pinned.isEmpty());
    QCOMPARE(choices.enabled.value(u"a"_s), noon);
}

void TestPluginRecords::nothingIsLeftBeside()
{
    for (int i = 0; i < 3; ++i)
        QVERIFY(records().write(fullStatus()));
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden), QStringList{PluginRecords::statusName()});
}

void TestPluginRecords::anUnsafeStoreIsAnError()
{
    write(u"store"_s, "not a folder");
    const auto opened = PluginRecords::open(file(u"store"_s));
    QVERIFY(!opened);
    QVERIFY(opened.error().message().contains(file(u"store"_s)));
}

QTEST_GUILESS_MAIN(TestPluginRecords)
#include "tst_pluginrecords.moc"
