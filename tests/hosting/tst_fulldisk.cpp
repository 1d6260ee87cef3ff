// SPDX-License-Identifier: GPL-3.0-only
#include "dropfolder.h"
#include "probesdouble.h"
#include "support/smalldisk.h"

#include "plugins/folderscan.h"
#include "plugins/pipeline.h"
#include "plugins/pluginrecords.h"
#include "plugins/trust.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <cstdio>
#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin;
using namespace quoin::plugins;
using quoin::test::SmallDisk;

/// The store's file system is full: nothing is lost, what is served goes on, and what could not be taken comes in when
/// there is room. That says nothing of the plugins, so that nobody has to do anything about them.
class FullDiskTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void aNewcomerIsRefusedWithPlaceAndRemedy_data();
    void aNewcomerIsRefusedWithPlaceAndRemedy();
    void itComesInWhenThereIsRoom_data();
    void itComesInWhenThereIsRoom();
    void anUpgradeThatDoesNotFitLeavesTheOneBefore();
    void nothingHalfIsLeft();
    void theRecordsStayAsTheyWere_data();
    void theRecordsStayAsTheyWere();
    void theStatusIsWrittenWhenThereIsRoom();
    void aSignatureThatDoesNotFitLeavesTheOneBefore();

private:
    void open(std::chrono::milliseconds retry);
    void fill(bool inodes) { inodes ? m_disk->fillInodes() : m_disk->fillBytes(); }
    /// Waits for the next plan and says that it is live.
    void rollOut()
    {
        QTRY_VERIFY(!m_plans.isEmpty());
        m_pipeline->live(m_plans.takeFirst(), ++m_generation);
    }
    QByteArray drop(const QByteArray &bytes, const QString &name = u"good.so"_s) const
    {
        m_drop->write(u".new"_s, bytes);
        if (std::rename(qPrintable(m_drop->file(u".new"_s)), qPrintable(m_drop->file(name))) != 0)
            qFatal("cannot rename");
        return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
    }
    PluginStatus status(const QString &id) const
    {
        const PluginStatus *const plugin = m_pipeline->status().plugin(id);
        return plugin ? *plugin : PluginStatus();
    }
    PluginRecords records() const { return *PluginRecords::open(m_drop->store()); }
    QByteArray contentOf(const QString &name) const
    {
        QFile file(m_drop->store() + u'/' + name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    std::unique_ptr<DropFolder> m_drop;
    std::unique_ptr<SmallDisk> m_disk;
    std::unique_ptr<ProbesDouble> m_probes;
    std::unique_ptr<Pipeline> m_pipeline;
    QList<Plan> m_plans;
    quint64 m_generation = 0;
};

void FullDiskTest::initTestCase()
{
    if (const QString whyNot = SmallDisk::leaveTheOthers(); !whyNot.isEmpty())
        QSKIP(qPrintable(whyNot));
}

void FullDiskTest::init()
{
    m_drop = std::make_unique<DropFolder>();
    m_probes = std::make_unique<ProbesDouble>();
    QVERIFY(QDir().mkpath(m_drop->store()));
    m_disk = std::make_unique<SmallDisk>(m_drop->store(), 16 * 1024 * 1024, 64);
    m_generation = 0;
}

void FullDiskTest::cleanup()
{
    m_pipeline.reset();
    m_plans.clear();
    m_disk.reset();
}

void FullDiskTest::open(std::chrono::milliseconds retry)
{
    PipelineOptions options;
    options.folder = m_drop->path();
    options.store = m_drop->store();
    options.probes = m_probes.get();
    options.retry = retry;
    m_pipeline = std::make_unique<Pipeline>(options);
    const auto opened = m_pipeline->open();
    QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().message()));
    connect(m_pipeline.get(), &Pipeline::planned, this, [this](const Plan &plan) { m_plans.append(plan); });
    m_pipeline->start();
    rollOut();
}

void FullDiskTest::aNewcomerIsRefusedWithPlaceAndRemedy_data()
{
    QTest::addColumn<bool>("inodes");
    QTest::newRow("no bytes") << false;
    QTest::newRow("no inodes") << true;
}

void FullDiskTest::aNewcomerIsRefusedWithPlaceAndRemedy()
{
    QFETCH(const bool, inodes);
    drop(DropFolder::plugin(u"rival"_s), u"rival.so"_s);
    open(20ms);
    fill(inodes);
    // Once, however often it is tried again.
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(u"^refused file=.*/good.so plugin=good phase=take reason=\"cannot .*%1/.*: No space "
                           "left on device\" remedy=\"make room .*%1.*\"$"_s.arg(m_drop->store())));
    QTest::failOnWarning(QRegularExpression(u"^refused "_s));
    drop(DropFolder::plugin(u"good"_s));
    QTRY_COMPARE(status(u"good"_s).current.state, PluginState::Refused);
    const QDateTime since = status(u"good"_s).current.since;
    for (int i = 0; i < 3; ++i) {
        QSignalSpy looked(m_pipeline.get(), &Pipeline::statusChanged);
        QVERIFY(looked.wait(testPatience));
    }
    QCOMPARE(status(u"good"_s).current.since, since);
    QCOMPARE(status(u"rival"_s).current.state, PluginState::Live);
    QVERIFY(m_plans.isEmpty());
}

void FullDiskTest::itComesInWhenThereIsRoom_data()
{
    QTest::addColumn<int>("retry");
    QTest::addColumn<QString>("event");
    QTest::newRow("by itself") << 20 << u""_s;
    QTest::newRow("at SIGHUP") << 3'600'000 << u"SIGHUP"_s;
    QTest::newRow("when something changes") << 3'600'000 << u"change"_s;
}

void FullDiskTest::itComesInWhenThereIsRoom()
{
    QFETCH(const int, retry);
    QFETCH(const QString, event);
    open(std::chrono::milliseconds(retry));
    m_disk->fillBytes();
    const QByteArray sha256 = drop(DropFolder::plugin(u"good"_s));
    QTRY_COMPARE(status(u"good"_s).current.state, PluginState::Refused);
    m_disk->makeRoom();
    if (event == u"SIGHUP")
        m_pipeline->rescan();
    else if (event == u"change")
        m_drop->write(u"other.so"_s, "no plugin");
    rollOut();
    QCOMPARE(status(u"good"_s).current.state, PluginState::Live);
    QCOMPARE(status(u"good"_s).current.sha256, sha256);
}

void FullDiskTest::anUpgradeThatDoesNotFitLeavesTheOneBefore()
{
    const QByteArray before = drop(DropFolder::plugin(u"good"_s));
    open(20ms);
    m_disk->fillBytes();
    const QByteArray after = drop(DropFolder::plugin(u"good"_s) + "\nanother build");
    QTRY_VERIFY(status(u"good"_s).turnedAway);
    QCOMPARE(status(u"good"_s).turnedAway->phase, u"take"_s);
    QCOMPARE(status(u"good"_s).current.state, PluginState::Live);
    QCOMPARE(status(u"good"_s).current.sha256, before);
    QVERIFY(m_plans.isEmpty());
    m_disk->makeRoom();
    rollOut();
    QCOMPARE(status(u"good"_s).current.sha256, after);
    QVERIFY(!status(u"good"_s).turnedAway);
}

/// Room for a part of it.
void FullDiskTest::nothingHalfIsLeft()
{
    const QByteArray bytes = DropFolder::plugin(u"good"_s);
    open(3'600s);
    m_disk->fillBytes(bytes.size() / 2);
    const QByteArray sha256 = drop(bytes);
    QTRY_COMPARE(status(u"good"_s).current.state, PluginState::Refused);
    QVERIFY2(status(u"good"_s).current.reason.endsWith(u": No space left on device"_s),
             qPrintable(status(u"good"_s).current.reason));
    const QDir copies(m_drop->store() + u'/' + QString::fromLatin1(sha256));
    QCOMPARE(copies.entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList());
}

void FullDiskTest::theRecordsStayAsTheyWere_data() { aNewcomerIsRefusedWithPlaceAndRemedy_data(); }

void FullDiskTest::theRecordsStayAsTheyWere()
{
    QFETCH(const bool, inodes);
    HostStatus status;
    status.generation = 7;
    QVERIFY(records().write(status));
    const auto disable = [](const QString &id) {
        return [id](Choices &choices) {
            choices.disable(id);
            return Result<>();
        };
    };
    QVERIFY(records().choose(disable(u"a"_s)));
    fill(inodes);

    status.generation = 8;
    const auto written = records().write(status);
    const auto chosen = records().choose(disable(u"b"_s));
    for (const auto &[result, name] :
         {std::pair(written, PluginRecords::statusName()), std::pair(chosen, PluginRecords::choicesName())}) {
        QVERIFY(!result);
        const QString path = m_drop->store() + u'/' + name;
        QCOMPARE(result.error().message(), u"cannot write %1: No space left on device"_s.arg(path));
    }
    QCOMPARE(records().status().generation, 7U);
    QCOMPARE(records().choices().disabled, QStringList{u"a"_s});
    QCOMPARE(QDir(m_drop->store()).entryList({u".*.json.*"_s}, QDir::Files | QDir::Hidden), QStringList());

    m_disk->makeRoom();
    QVERIFY(records().write(status));
    QVERIFY(records().choose(disable(u"b"_s)));
    QCOMPARE(records().status().generation, 8U);
    QCOMPARE(records().choices().disabled, (QStringList{u"a"_s, u"b"_s}));
}

/// Also if nothing changes any more.
void FullDiskTest::theStatusIsWrittenWhenThereIsRoom()
{
    open(20ms);
    QTRY_VERIFY(contentOf(PluginRecords::statusName()).contains("\"generation\": 1"));
    m_disk->fillBytes();
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"^status not written: cannot write .*/status.json: "
                                            "No space left on device"_s));
    QTest::failOnWarning(QRegularExpression(u"^status not written"_s)); // said once
    m_pipeline->setWorkers({4711});
    for (int i = 0; i < 3; ++i) { // tried three times at least: each time a temporary file comes and goes
        const QDateTime tried = QFileInfo(m_drop->store()).lastModified();
        QTRY_VERIFY(QFileInfo(m_drop->store()).lastModified() != tried);
    }
    QVERIFY(!contentOf(PluginRecords::statusName()).contains("4711"));
    m_disk->makeRoom();
    QTRY_VERIFY(contentOf(PluginRecords::statusName()).contains("4711"));
}

void FullDiskTest::aSignatureThatDoesNotFitLeavesTheOneBefore()
{
    const auto store = PluginStore::open(m_drop->store());
    QVERIFY(store);
    const LintOptions lint;
    const QString nobody = m_drop->write(u"allow"_s, {});
    const auto trust = Trust::open({.mode = TrustOptions::Mode::Warn, .keys = {}, .allow = nobody});
    QVERIFY2(trust, trust ? "" : qPrintable(trust.error().message()));
    const ScanGround ground{m_drop->path(), &*store, &lint, std::make_shared<const Trust>(*trust)};
    const QByteArray sha256 = drop(DropFolder::plugin(u"good"_s));
    const QByteArray first(64, '1'), second(64, '2');
    m_drop->write(u"good.so.sig"_s, first);
    const auto content = scanFolder(ground, {});
    QVERIFY(content && content->value(u"good.so"_s).admitted);
    const QString kept = QString::fromLatin1(sha256) + u"/good.so.sig"_s;
    QCOMPARE(contentOf(kept), first);

    m_disk->fillBytes();
    m_drop->write(u"good.so.sig"_s, second);
    const auto full = scanFolder(ground, *content);
    QVERIFY(full);
    QVERIFY(!full->value(u"good.so"_s).admitted); // else nobody would vouch for it after the next start
    QCOMPARE(full->value(u"good.so"_s).refusal.phase, Phase::Take);
    QCOMPARE(full->value(u"good.so"_s).refusal.reason,
             u"cannot write %1/%2: No space left on device"_s.arg(m_drop->store(), kept));
    QCOMPARE(contentOf(kept), first);

    m_disk->makeRoom();
    const auto again = scanFolder(ground, *full);
    QVERIFY(again && again->value(u"good.so"_s).admitted);
    QCOMPARE(contentOf(kept), second);
}

QTEST_GUILESS_MAIN(FullDiskTest)
#include "tst_fulldisk.moc"
