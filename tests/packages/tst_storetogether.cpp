// SPDX-License-Identifier: GPL-3.0-only
// Many packages at once: each whole or not there, whatever happens in between.
#include "support/smalldisk.h"
#include "syscalltrace.h"

#include "bagit/package.h"
#include "bagit/verify.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <future>
#include <vector>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin;
using namespace quoin::bagit;

namespace {

const Time when(1'795'456'081'000'042us);

Package package(int record, const QByteArray &data = "{\"year\": 820}")
{
    const QByteArray id = QByteArray::number(record);
    return {id + '_' + basicTime(when), {{"data/record.json", data}}, {{"External-Identifier", id}}, when};
}

QList<Package> packages(int count)
{
    QList<Package> list;
    for (int record = 1; record <= count; ++record)
        list += package(record);
    return list;
}

/// What does not pack.
QByteArray noise(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    QRandomGenerator generator(7);
    std::generate(bytes.begin(), bytes.end(), [&generator] { return char('a' + generator.bounded(64)); });
    return bytes;
}

bool allStored(const QList<Result<StoredFile>> &results)
{
    for (const auto &result : results) {
        if (!result) {
            qWarning("%s", qPrintable(result.error().message()));
            return false;
        }
    }
    return true;
}

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class tst_StoreTogether : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_temporary;
    QString m_folder;
    QString m_noDisk; ///< Why there can be no small disk; null: there can.

    QStringList listing() const
    {
        return QDir(m_folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Name);
    }
    /// Every finished package in the folder; fails for one that is not whole.
    void checkThatAllAreWhole()
    {
        const auto names = listing();
        for (const QString &name : names) {
            if (name.endsWith(u".zip"_s))
                QVERIFY2(verify(m_folder + u'/' + name).isValid(), qPrintable(name));
        }
    }

private Q_SLOTS:
    void initTestCase() { m_noDisk = test::SmallDisk::leaveTheOthers(); }
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>();
        m_folder = m_temporary->path();
    }

    void eachIsTheSameAsIfItWereAlone()
    {
        const auto together = storePackages(m_folder, packages(70));
        QVERIFY(allStored(together));
        QCOMPARE(listing().size(), 70);
        checkThatAllAreWhole();
        const QTemporaryDir other;
        for (int record = 1; record <= 70; ++record) {
            const auto alone = storePackage(other.path(), package(record));
            QVERIFY(alone);
            QCOMPARE(together[record - 1]->path, m_folder + u'/' + QFileInfo(alone->path).fileName());
            QCOMPARE(together[record - 1]->sha256, alone->sha256);
            QCOMPARE(bytesOf(together[record - 1]->path), bytesOf(alone->path));
        }
    }

    void storingAgainChangesNothing()
    {
        QVERIFY(allStored(storePackages(m_folder, packages(5))));
        const QStringList before = listing();
        const auto modified = QFileInfo(m_folder + u'/' + before.first()).lastModified();
        QVERIFY(allStored(storePackages(m_folder, packages(8)))); // some are there, some are new
        QCOMPARE(listing().size(), 8);
        QCOMPARE(QFileInfo(m_folder + u'/' + before.first()).lastModified(), modified);
        checkThatAllAreWhole();
    }

    void nothingIsNothing() { QVERIFY(storePackages(m_folder, {}).isEmpty()); }

    void oneNameTwiceIsOneFile()
    {
        QVERIFY(allStored(storePackages(m_folder, {package(1), package(1)})));
        QCOMPARE(listing().size(), 1);
        checkThatAllAreWhole();
    }

    void largeOnesAreStoredInRounds()
    {
        const QByteArray large = noise(12 * 1024 * 1024);
        const auto stored = storePackages(m_folder,
                                          {package(1, large), package(2, large), package(3), package(4, large)});
        QVERIFY(allStored(stored));
        QCOMPARE(QFileInfo(stored[2]->path).fileName(), QString::fromLatin1(package(3).name) + u".zip"_s);
        checkThatAllAreWhole();
    }

    void oneThatFailsItsCheckHarmsNoOther()
    {
        const FileCheck fine = [](const QByteArray &, const QString &) { return Result<>(); };
        const FileCheck bad = [](const QByteArray &, const QString &) { return Result<>(Error::internal(u"no"_s)); };
        const auto stored = storeFiles(
            m_folder, {{u"a"_s, "1", fine}, {u"b"_s, "2", bad}, {u"no/such/folder"_s, "3", fine}, {u"d"_s, "4", fine}});
        QVERIFY(stored[0] && stored[3]);
        QCOMPARE(stored[1].error().message(), u"no"_s);
        QCOMPARE(stored[2].error().kind(), ErrorKind::Unavailable);
        QCOMPARE(listing(), (QStringList{u"a"_s, u"d"_s}));
    }

    void aMissingFolderFailsEach()
    {
        const auto stored = storePackages(m_folder + u"/x"_s, packages(3));
        QCOMPARE(stored.size(), 3);
        for (const auto &one : stored)
            QVERIFY(!one && one.error().message().contains(u"folder is not there"_s));
    }

    void manyThreadsMayStoreTheSame()
    {
        std::vector<std::future<bool>> runs; // not QtConcurrent: ThreadSanitizer does not see how Qt queues them
        for (int i = 0; i < 8; ++i)
            runs.push_back(
                std::async(std::launch::async, [this] { return allStored(storePackages(m_folder, packages(20))); }));
        for (auto &run : runs)
            QVERIFY(run.get());
        QCOMPARE(listing().size(), 20);
        checkThatAllAreWhole();
    }

    /// What no test can do is to pull the plug; that all was on the disk before a name was given, the order of the
    /// calls tells.
    void noNameBeforeTheSyncAndAFolderSyncAtTheEnd()
    {
        using Kind = FileCall::Kind;
        bool success = false;
        const auto calls = traceFileCalls([this] { return allStored(storePackages(m_folder, packages(4))); }, -1,
                                          &success);
        if (calls.isEmpty())
            QSKIP("This machine does not let a process be watched.");
        QVERIFY(success);
        QList<int> writtenTo;
        QSet<int> unsynced;
        int renames = 0;
        int waits = 0;
        bool folderIsSynced = true;
        for (const FileCall &call : calls) {
            waits += call.kind == Kind::Sync || call.kind == Kind::SyncAll;
            if (call.kind == Kind::Write) {
                unsynced += call.descriptor;
                writtenTo += call.descriptor;
            } else if (call.kind == Kind::SyncAll) {
                unsynced.clear();
            } else if (call.kind == Kind::Sync) {
                folderIsSynced |= !writtenTo.contains(call.descriptor);
                unsynced.remove(call.descriptor);
            } else if (call.kind == Kind::Rename) {
                QVERIFY(unsynced.isEmpty());
                ++renames;
                folderIsSynced = false;
            } else if (call.kind == Kind::Read && writtenTo.contains(call.descriptor)) {
                QVERIFY(!unsynced.contains(call.descriptor)); // it is the disk's bytes that are read back
            }
        }
        QCOMPARE(writtenTo.size(), 4);
        QCOMPARE(renames, 4);
        QVERIFY(folderIsSynced);
        qInfo("%d waits for the disk", waits);
    }

    void aCrashBetweenAnyTwoStepsLeavesEachWholeOrNotThere()
    {
        bool success = false;
        const auto work = [this] { return allStored(storePackages(m_folder, packages(3))); };
        const auto steps = traceFileCalls(work, -1, &success).size();
        if (steps == 0)
            QSKIP("This machine does not let a process be watched.");
        QVERIFY(success);
        QHash<QString, QByteArray> whole;
        for (const QString &name : listing())
            whole.insert(name, bytesOf(m_folder + u'/' + name));
        QCOMPARE(whole.size(), 3);

        for (int step = 0; step < steps; ++step) {
            m_temporary = std::make_unique<QTemporaryDir>();
            m_folder = m_temporary->path();
            QCOMPARE(traceFileCalls(work, step, &success).size(), step);
            QVERIFY(!success);
            for (const QString &name : listing()) {
                if (!name.startsWith(u'.'))
                    QCOMPARE(bytesOf(m_folder + u'/' + name), whole.value(name));
            }
            QVERIFY(allStored(storePackages(m_folder, packages(3)))); // as the task that is run again does
            QVERIFY(removeLeftovers(m_folder, -1s) <= 3);
            QCOMPARE(listing().size(), 3);
            for (const QString &name : listing())
                QCOMPARE(bytesOf(m_folder + u'/' + name), whole.value(name));
        }
        qInfo("killed before each of %lld calls", qint64(steps));
    }

    void aFullDiskFailsThoseThatDoNotFit()
    {
        if (!m_noDisk.isNull())
            QSKIP(qPrintable(m_noDisk));
        test::SmallDisk disk(m_folder, 256 * 1024, 100);
        QList<Package> list;
        for (int record = 1; record <= 10; ++record)
            list += package(record, noise(60'000));
        const auto stored = storePackages(m_folder, list);
        const auto count = std::ranges::count_if(stored, [](const auto &one) { return one.has_value(); });
        QVERIFY2(count > 0 && count < 10, qPrintable(QString::number(count)));
        for (const auto &one : stored) {
            if (!one) {
                QCOMPARE(one.error().kind(), ErrorKind::Unavailable); // tried again later
                QVERIFY2(one.error().message().contains(u"Free some space"_s), qPrintable(one.error().message()));
            }
        }
        QCOMPARE(listing().size(), count); // and nothing half-written
        checkThatAllAreWhole();
    }
};

QTEST_APPLESS_MAIN(tst_StoreTogether)
#include "tst_storetogether.moc"
