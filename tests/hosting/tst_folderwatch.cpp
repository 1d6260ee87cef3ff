// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/folderwatch.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin::plugins;

/// A folder that is watched, by inotify or, in the rows named so, by polling.
class TestFolderWatch final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void init();
    void cleanup();
    void changesAreTold_data();
    void changesAreTold();
    void whatIsNotOursIsNotTold();
    void aHalfWrittenFileIsNotTold();
    void manyChangesAreOne();
    void changesWithoutEndAreToldAllTheSame();
    void aReplacedFolderIsWatchedAgain();
    void aFolderThatComesLateIsSeen();
    void askedForItTells();

private:
    QString file(const QString &name) const { return m_path + u'/' + name; }
    void write(const QString &name, const QByteArray &text = "x") const
    {
        QFile target(file(name));
        QVERIFY(target.open(QIODevice::WriteOnly));
        QCOMPARE(target.write(text), text.size());
    }
    static bool isPolled()
    {
        QFETCH_GLOBAL(bool, polled);
        return polled;
    }
    void watchFolder(FolderWatchOptions options = {});

    std::unique_ptr<QTemporaryDir> m_root;
    QString m_path;
    std::unique_ptr<FolderWatch> m_watch;
    std::unique_ptr<QSignalSpy> m_told;
};

void TestFolderWatch::initTestCase_data()
{
    QTest::addColumn<bool>("polled");
    QTest::newRow("inotify") << false;
    QTest::newRow("polling") << true;
}

void TestFolderWatch::init()
{
    m_root = std::make_unique<QTemporaryDir>();
    m_path = m_root->filePath(u"drop"_s);
    QVERIFY(QDir().mkpath(m_path));
    write(u"here.so"_s);
    write(u"away.so"_s);
}

void TestFolderWatch::cleanup()
{
    m_told.reset();
    m_watch.reset();
}

void TestFolderWatch::watchFolder(FolderWatchOptions options)
{
    options.onlyPoll = isPolled();
    if (options.poll == FolderWatchOptions().poll)
        options.poll = 20ms;
    m_watch = std::make_unique<FolderWatch>(options);
    m_told = std::make_unique<QSignalSpy>(m_watch.get(), &FolderWatch::changed);
    m_watch->add(m_path, {u"*.so"_s, u"choices.json"_s});
    m_watch->start();
    QCOMPARE(m_watch->isPolling(), isPolled());
}

void TestFolderWatch::changesAreTold_data()
{
    QTest::addColumn<QString>("change");
    for (const char *change : {"written", "overwritten", "moved in", "moved away", "deleted", "rights", "whole name"})
        QTest::newRow(change) << QString::fromLatin1(change);
}

void TestFolderWatch::changesAreTold()
{
    QFETCH(QString, change);
    watchFolder();
    if (change == u"written"_s)
        write(u"new.so"_s);
    else if (change == u"overwritten"_s)
        write(u"here.so"_s, "longer");
    else if (change == u"moved in"_s)
        QVERIFY(QFile(file(u"away.so"_s)).rename(file(u"in.so"_s)));
    else if (change == u"moved away"_s)
        QVERIFY(QFile(file(u"away.so"_s)).rename(m_root->filePath(u"out"_s)));
    else if (change == u"deleted"_s)
        QVERIFY(QFile::remove(file(u"here.so"_s)));
    else if (change == u"rights"_s)
        QVERIFY(QFile::setPermissions(file(u"here.so"_s), QFileDevice::ReadOwner));
    else
        write(u"choices.json"_s);
    QTRY_COMPARE(m_told->size(), 1);
}

void TestFolderWatch::whatIsNotOursIsNotTold()
{
    watchFolder();
    write(u".hidden.so"_s);
    write(u"orders.so.bak"_s);
    write(u"status.json"_s);
    QVERIFY(QDir(m_path).mkdir(u"folder"_s));
    write(u"last.so"_s);
    QTRY_COMPARE(m_told->size(), 1);

    // What came first was read first: had it been told, the marker would be a second one.
    m_told->clear();
    write(u"orders.so.bak"_s, "again");
    m_watch->rescan();
    QTRY_COMPARE(m_told->size(), 1);
}

void TestFolderWatch::aHalfWrittenFileIsNotTold()
{
    if (isPolled())
        QSKIP("whether a file grows between two polls is a matter of luck");
    watchFolder();
    QFile growing(file(u"growing.so"_s));
    QVERIFY(growing.open(QIODevice::WriteOnly));
    growing.write("half");
    growing.flush();
    write(u"marker.so"_s);
    QTRY_COMPARE(m_told->size(), 1);
    growing.write("whole");
    growing.close();
    QTRY_COMPARE(m_told->size(), 2);
}

void TestFolderWatch::manyChangesAreOne()
{
    watchFolder({.quiet = 50ms, .longest = 5s, .poll = 10ms});
    for (int i = 0; i < 10; ++i)
        write(u"p%1.so"_s.arg(i));
    QTRY_COMPARE(m_told->size(), 1);
    m_watch->rescan();
    QTRY_COMPARE(m_told->size(), 2);
}

void TestFolderWatch::changesWithoutEndAreToldAllTheSame()
{
    watchFolder({.quiet = 10s, .longest = 30ms, .poll = 5ms});
    write(u"first.so"_s);
    QTRY_COMPARE(m_told->size(), 1);
    write(u"second.so"_s);
    QTRY_COMPARE(m_told->size(), 2);
}

void TestFolderWatch::aReplacedFolderIsWatchedAgain()
{
    watchFolder();
    QVERIFY(QDir().rename(m_path, m_path + u".old"_s));
    QVERIFY(QDir().mkpath(m_path));
    QTRY_VERIFY(!m_told->isEmpty());
    QTRY_COMPARE(m_watch->isPolling(), isPolled());
    QTRY_VERIFY(!m_told->isEmpty());

    m_told->clear();
    write(u"new.so"_s);
    QTRY_VERIFY(!m_told->isEmpty());
}

void TestFolderWatch::aFolderThatComesLateIsSeen()
{
    QVERIFY(QDir(m_path).removeRecursively());
    FolderWatchOptions options{.poll = 20ms, .onlyPoll = isPolled()};
    FolderWatch watch(options);
    QSignalSpy told(&watch, &FolderWatch::changed);
    watch.add(m_path, {u"*.so"_s});
    watch.start();
    QVERIFY(watch.isPolling());
    QVERIFY(QDir().mkpath(m_path));
    QTRY_VERIFY(!told.isEmpty());
    QTRY_COMPARE(watch.isPolling(), isPolled());
    told.clear();
    write(u"new.so"_s);
    QTRY_VERIFY(!told.isEmpty());
}

void TestFolderWatch::askedForItTells()
{
    watchFolder();
    m_watch->rescan();
    QTRY_COMPARE(m_told->size(), 1);
}

QTEST_GUILESS_MAIN(TestFolderWatch)
#include "tst_folderwatch.moc"
