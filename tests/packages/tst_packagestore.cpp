// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/digest.h"
#include "bagit/package.h"
#include "bagit/verify.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <future>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::bagit;

namespace {

using namespace std::chrono_literals;

const Time when(1'795'456'081'000'042us);

Package package()
{
    return {
        "7_" + basicTime(when), {{"data/record.json", "{\"title\" : 1e400}"}}, {{"External-Identifier", "7"}}, when};
}

Result<> fine(const QByteArray &, const QString &) { return {}; }

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class tst_PackageStore : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_temporary;
    QString m_folder;

    QStringList listing() const
    {
        return QDir(m_folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }

private Q_SLOTS:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>();
        m_folder = m_temporary->path();
    }

    void timesAreIsoWithMicroseconds()
    {
        QCOMPARE(basicTime(when), "20261123T174801.000042Z");
        QCOMPARE(extendedTime(when), "2026-11-23T17:48:01.000042Z");
    }

    void aStoredPackageIsAVerifiedBag()
    {
        const auto stored = storePackage(m_folder, package());
        QVERIFY2(stored, qPrintable(stored.error().message()));
        QCOMPARE(stored->path, m_folder + u"/7_20261123T174801.000042Z.zip"_s);
        QVERIFY(verify(stored->path).isValid());
        const QByteArray bytes = bytesOf(stored->path);
        QCOMPARE(stored->size, bytes.size());
        QCOMPARE(stored->sha256, digestOf(Algorithm::Sha256, bytes));
        QVERIFY(bytes.contains("{\"title\" : 1e400}")); // exactly as posted
    }

    void storingAgainLeavesOneFileWithTheSameBytes()
    {
        const auto first = storePackage(m_folder, package());
        QVERIFY(first);
        const QByteArray bytes = bytesOf(first->path);
        const auto second = storePackage(m_folder, package());
        QVERIFY(second);
        QCOMPARE(bytesOf(second->path), bytes);
        QCOMPARE(second->sha256, first->sha256);
        QCOMPARE(listing().size(), 1);
    }

    void aDamagedFileOfThisNameIsReplaced()
    {
        const auto first = storePackage(m_folder, package());
        QVERIFY(first);
        QVERIFY(QFile::resize(first->path, 100));
        QVERIFY(storePackage(m_folder, package()));
        QVERIFY(verify(first->path).isValid());
    }

    void parallelRunsLeaveOneFile()
    {
        std::vector<std::future<bool>> runs; // not QtConcurrent: ThreadSanitizer does not see how Qt queues them
        for (int i = 0; i < 32; ++i)
            runs.push_back(
                std::async(std::launch::async, [this] { return storePackage(m_folder, package()).has_value(); }));
        for (auto &run : runs)
            QVERIFY(run.get());
        QCOMPARE(listing(), QStringList{u"7_20261123T174801.000042Z.zip"_s});
        QVERIFY(verify(m_folder + u"/7_20261123T174801.000042Z.zip"_s).isValid());
    }

    void whatIsKilledBeforeItsNameLeavesNothingUnderIt()
    {
        const pid_t child = ::fork();
        if (child == 0) {
            (void)storeFile(m_folder, {u"a.zip"_s, "bytes", [](const QByteArray &, const QString &) -> Result<> {
                                           ::raise(SIGKILL);
                                           return {};
                                       }});
            ::_exit(1);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFSIGNALED(status));
        QVERIFY(!QFile::exists(m_folder + u"/a.zip"_s));
        QCOMPARE(listing().size(), 1);

        QCOMPARE(removeLeftovers(m_folder), 0); // it might be that of a living process
        QCOMPARE(removeLeftovers(m_folder, -1s), 1);
        QVERIFY(listing().isEmpty());
    }

    void onlyOurOwnLeftoversAreRemoved()
    {
        for (const QString &name : {u".quoin-part-x"_s, u".quoin-part-0123456789abcdef0"_s, u"x.zip"_s, u".hidden"_s})
            QVERIFY(QFile(m_folder + u'/' + name).open(QFile::WriteOnly));
        QCOMPARE(removeLeftovers(m_folder, -1s), 0);
        QCOMPARE(listing().size(), 4);
    }

    void whatFailsItsCheckGetsNoName()
    {
        const auto stored = storeFile(m_folder,
                                      {u"a.zip"_s, "bytes", [](const QByteArray &, const QString &) -> Result<> {
                                           return Error::internal(u"no"_s);
                                       }});
        QVERIFY(!stored);
        QCOMPARE(stored.error().message(), u"no"_s);
        QVERIFY(listing().isEmpty());
    }

    void theCheckSeesTheBytesOnTheDisk()
    {
        QByteArray seen;
        QVERIFY(storeFile(m_folder, {u"a.zip"_s, "bytes", [&](const QByteArray &readBack, const QString &) -> Result<> {
                                         seen = readBack;
                                         return {};
                                     }}));
        QCOMPARE(seen, "bytes");
    }

    void aMissingFolderIsMadeOrNamed()
    {
        const QString folder = m_folder + u"/x/y"_s;
        const auto stored = storeFile(folder, {u"a"_s, "b", fine});
        QVERIFY(!stored);
        QCOMPARE(stored.error().kind(), ErrorKind::Unavailable);
        QVERIFY2(stored.error().message().contains(folder)
                     && stored.error().message().contains(u"folder is not there"_s),
                 qPrintable(stored.error().message()));
        QVERIFY(prepareFolder(folder));
        QVERIFY(storeFile(folder, {u"a"_s, "b", fine}));
        QVERIFY(prepareFolder(folder)); // twice is fine
    }

    void aFolderThatCannotBeIsRefused()
    {
        QVERIFY(QFile(m_folder + u"/file"_s).open(QFile::WriteOnly));
        const auto made = prepareFolder(m_folder + u"/file/sips"_s);
        QVERIFY(!made);
        QVERIFY2(made.error().message().contains(u"/file/sips"_s), qPrintable(made.error().message()));
    }

    void aFullDiskIsNamedAndNothingIsLeft()
    {
        // RLIMIT_FSIZE stands for the full disk: both make write() fail half-way.
        const pid_t child = ::fork();
        if (child == 0) {
            ::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{100, 100};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            const auto stored = storeFile(m_folder, {u"a"_s, QByteArray(1000, 'x'), fine});
            ::_exit(!stored && stored.error().kind() == ErrorKind::Unavailable
                            && stored.error().message().contains(u"cannot be written"_s)
                        ? 0
                        : 1);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QCOMPARE(status, 0);
        QVERIFY(listing().isEmpty());
    }
};

QTEST_APPLESS_MAIN(tst_PackageStore)
#include "tst_packagestore.moc"
