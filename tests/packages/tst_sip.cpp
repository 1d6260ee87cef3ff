// SPDX-License-Identifier: GPL-3.0-only
#include "sipbench.h"

#include "bagit/digest.h"
#include "bagit/verify.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryFile>
#include <QTest>

#include <future>
#include <vector>

using namespace Qt::StringLiterals;
using namespace quoin;
using sip::SipBench;

namespace {

const QByteArray record = R"({"b" : 1e400, "a":"\u00e4"})"; // nothing that a parser and a printer would give back

QJsonArray results(const sip::Reply &reply)
{
    return QJsonDocument::fromJson(reply.body).object().value(u"results"_s).toArray();
}

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class tst_Sip : public QObject
{
    Q_OBJECT

    std::unique_ptr<SipBench> m_bench;

    void restart(const QVariantMap &settings = {})
    {
        QFETCH_GLOBAL(QString, dialect);
        m_bench = std::make_unique<SipBench>(dialect, settings);
        const auto started = m_bench->start();
        QVERIFY2(started, qPrintable(started.error().message()));
    }
    QString path(qsizetype index = 0) const { return m_bench->directory() + u'/' + m_bench->files().at(index); }

    static void zlibOrBag()
    {
        QTest::addColumn<QString>("format");
        QTest::newRow("bag") << u"bag"_s;
        QTest::newRow("zlib") << u"zlib"_s;
    }

private Q_SLOTS:
    void initTestCase_data() { TestDatabase::addRows(); }
    void init()
    {
        QFETCH_GLOBAL(QString, dialect);
        if (!TestDatabase::isAvailable(dialect))
            QSKIP("PostgreSQL is not installed here");
        restart();
    }
    void cleanup() { m_bench.reset(); }
    void cleanupTestCase() { TestDatabase::stopServer(); }

    void itListensToRecordsAndToTheTutorialsName()
    {
        QCOMPARE(m_bench->subscriptions,
                 (QStringList{u"record.created=sip.make_sip"_s, u"record.changed=sip.make_sip"_s,
                              u"record.archive=sip.make_sip"_s}));
        QCOMPARE(m_bench->aliases, QStringList{u"app.make_sip=sip.make_sip"_s});
        QCOMPARE(m_bench->parameters, QStringList{u"sip.make_sip=recid,data"_s});
    }

    void theNameItIsPublishedUnderIsASetting()
    {
        restart({{u"task_name"_s, u"app.make_sip"_s}});
        QCOMPARE(m_bench->published, QStringList{u"sip.make_sip=app.make_sip"_s});
    }

    void recordsThatCameTogetherAreArchivedTogether_data() { zlibOrBag(); }
    void recordsThatCameTogetherAreArchivedTogether()
    {
        QFETCH(QString, format);
        restart({{u"format"_s, format}});
        QList<QByteArrayList> arguments;
        for (int id = 1; id <= 40; ++id)
            arguments += {QByteArray::number(id), record};
        arguments[10] = {"\"7\"", "{}"};
        arguments[20] = {"7"};
        const QStringList words = m_bench->makeSips(arguments, 30);
        QCOMPARE(words.size(), 40);
        QVERIFY(words[10].contains(u"wrong type"_s));
        QVERIFY(words[20].contains(u"2 arguments"_s));
        QVERIFY(words[30].contains(u"asked to stop"_s));
        QCOMPARE(words.filter(QRegularExpression(u"."_s)).size(), 3);
        QCOMPARE(m_bench->files().size(), 37);
        QCOMPARE(m_bench->database().integer(
                     u"SELECT count(*) FROM sip WHERE verified > 0 AND size > 0 AND length(sha256) = 64"_s),
                 37);
        QCOMPARE(m_bench->makeSips(arguments).filter(QRegularExpression(u"."_s)).size(),
                 2); // again, and the one that was left
        QCOMPARE(m_bench->files().size(), 38);
        QCOMPARE(m_bench->database().integer(u"SELECT count(*) FROM sip"_s), 38);
        for (const QString &file : m_bench->files())
            QVERIFY(format == u"zlib"_s || bagit::verify(m_bench->directory() + u'/' + file).isValid());
    }

    void oneRecordTwiceInABatchIsOnePackage()
    {
        QCOMPARE(m_bench->makeSips({{"7", record}, {"7", record}}), (QStringList{QString(), QString()}));
        QCOMPARE(m_bench->files().size(), 1);
        QCOMPARE(m_bench->database().integer(u"SELECT count(*) FROM sip"_s), 1);
    }

    void withoutTheDatabaseEachOfABatchIsTriedAgain()
    {
        m_bench->database().execute(u"DROP TABLE sip"_s);
        const QStringList words = m_bench->makeSips({{"7", record}, {"\"8\"", record}, {"9", record}});
        QVERIFY(!words[0].isEmpty() && words[0] == words[2]);
        QVERIFY(words[1].contains(u"wrong type"_s)); // keeps its own reason
    }

    void aRecordBecomesAVerifiedPackage()
    {
        QCOMPARE(m_bench->makeSip(7, record), QString());
        QCOMPARE(m_bench->files(), QStringList{u"7_20261123T174801.000042Z.zip"_s});
        QVERIFY(bagit::verify(path()).isValid());
        QVERIFY(bytesOf(path()).contains(record));

        const auto packages = results(m_bench->get(u"/record/{id}/sips"_s, 7));
        QCOMPARE(packages.size(), 1);
        const QJsonObject package = packages.first().toObject();
        QCOMPARE(package.keys(),
                 (QStringList{u"checked"_s, u"created"_s, u"file"_s, u"id"_s, u"record"_s, u"sha256"_s, u"size"_s,
                              u"verified"_s}));
        QCOMPARE(package.value(u"record"_s).toInteger(), 7);
        QCOMPARE(package.value(u"file"_s).toString(), u"7_20261123T174801.000042Z.zip"_s);
        QCOMPARE(package.value(u"created"_s).toString(), u"2026-11-23T17:48:01.000042Z"_s);
        QCOMPARE(package.value(u"size"_s).toInteger(), bytesOf(path()).size());
        QCOMPARE(package.value(u"sha256"_s).toString().toLatin1(),
                 bagit::digestOf(bagit::Algorithm::Sha256, bytesOf(path())));

        const auto one = m_bench->get(u"/sip/{id}"_s, package.value(u"id"_s).toInteger());
        QCOMPARE(one.status, 200);
        QCOMPARE(one.headers.value("Content-Type"), QByteArray("application/json"));
        QCOMPARE(QJsonDocument::fromJson(one.body).object(), package);
        const auto file = m_bench->get(u"/sip/{id}/file"_s, package.value(u"id"_s).toInteger());
        QCOMPARE(file.status, 200);
        QCOMPARE(file.body, bytesOf(path()));
    }

    void runningATaskAgainLeavesOneFileAndOneRow()
    {
        QCOMPARE(m_bench->makeSip(7, record), QString());
        const QByteArray before = bytesOf(path());
        const auto rows = results(m_bench->get(u"/record/{id}/sips"_s, 7));
        QCOMPARE(m_bench->makeSip(7, record), QString());
        QCOMPARE(m_bench->files().size(), 1);
        QCOMPARE(bytesOf(path()), before);
        const auto after = results(m_bench->get(u"/record/{id}/sips"_s, 7));
        QCOMPARE(after.size(), 1);
        QCOMPARE(after.first().toObject().value(u"id"_s), rows.first().toObject().value(u"id"_s));
    }

    void parallelRunsOfOneTaskLeaveOneFileAndOneRow()
    {
        std::vector<std::future<QString>> runs; // not QtConcurrent: ThreadSanitizer does not see how Qt queues them
        for (int i = 0; i < 32; ++i)
            runs.push_back(std::async(std::launch::async, [this] { return m_bench->makeSip(7, record); }));
        for (auto &run : runs)
            QCOMPARE(run.get(), QString());
        QCOMPARE(m_bench->files().size(), 1);
        QVERIFY(bagit::verify(path()).isValid());
        QCOMPARE(m_bench->database().integer(u"SELECT COUNT(*) FROM sip"_s), 1);
    }

    void anotherTaskOfTheSameRecordIsAnotherPackage()
    {
        QCOMPARE(m_bench->makeSip(7, record, SipBench::defaultTime + 1), QString());
        QCOMPARE(m_bench->makeSip(7, record), QString());
        QCOMPARE(m_bench->makeSip(8, record), QString());
        QCOMPARE(m_bench->files().size(), 3);
        const auto packages = results(m_bench->get(u"/record/{id}/sips"_s, 7));
        QCOMPARE(packages.size(), 2);
        QCOMPARE(packages.first().toObject().value(u"created"_s).toString(),
                 u"2026-11-23T17:48:01.000042Z"_s); // oldest first
    }

    void aRecordWithoutPackagesIsAnEmptyListAndNoRecordIsNotFound()
    {
        QCOMPARE(m_bench->get(u"/record/{id}/sips"_s, 1).body,
                 QByteArray("{\"results\":[]}")); // nobody has records here
        m_bench->database().execute(u"CREATE TABLE record (id INTEGER PRIMARY KEY, json TEXT)"_s);
        m_bench->database().execute(u"INSERT INTO record (id, json) VALUES (1, '2')"_s);
        QCOMPARE(m_bench->get(u"/record/{id}/sips"_s, 1).body, QByteArray("{\"results\":[]}"));
        const auto missing = m_bench->get(u"/record/{id}/sips"_s, 2);
        QCOMPARE(missing.status, 404);
        QCOMPARE(missing.body, QByteArray("There is no record 2."));
        QCOMPARE(m_bench->get(u"/sip/{id}"_s, 1).status, 404);
        QCOMPARE(m_bench->get(u"/sip/{id}/file"_s, 1).status, 404);
    }

    void aBadArgumentIsNamed()
    {
        QVERIFY(m_bench->run(u"sip.make_sip"_s, {"\"7\"", "{}"}).contains(u"wrong type"_s));
        QVERIFY(m_bench->run(u"sip.make_sip"_s, {"7"}).contains(u"2 arguments"_s));
        QCOMPARE(m_bench->files(), QStringList());
    }

    void zlibIsThatOfPython()
    {
        restart({{u"format"_s, u"zlib"_s}});
        QCOMPARE(m_bench->makeSip(7, record), QString());
        QCOMPARE(m_bench->makeSip(7, record), QString());
        QCOMPARE(m_bench->files(), QStringList{u"7_20261123T174801.000042Z.zlib"_s});
        QCOMPARE(m_bench->get(u"/sip/{id}/file"_s, 1).headers.value("Content-Type"), QByteArray("application/zlib"));

        QProcess python;
        python.start(u"python3"_s,
                     {u"-c"_s,
                      u"import sys, zlib; b = open(sys.argv[1], 'rb').read(); t = zlib.decompress(b);"
                      "assert zlib.compress(t) == b; sys.stdout.buffer.write(t)"_s,
                      path()});
        if (!python.waitForStarted())
            QSKIP("python3 is not installed here");
        QVERIFY(python.waitForFinished());
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
        QCOMPARE(python.readAllStandardOutput(), record);
    }

    void anUnusableFolderRefusesThePluginWithItsName()
    {
        const QTemporaryFile file;
        QVERIFY(const_cast<QTemporaryFile &>(file).open());
        QFETCH_GLOBAL(QString, dialect);
        SipBench bench(dialect, {{u"directory"_s, file.fileName() + u"/sips"_s}});
        const auto started = bench.start();
        QVERIFY(!started);
        QVERIFY2(started.error().message().contains(u"sip.directory"_s)
                     && started.error().message().contains(file.fileName()),
                 qPrintable(started.error().message()));
        bench.stop();
    }

    void leftoversOfKilledRunsAreRemovedAtTheStart()
    {
        const QString old = m_bench->directory() + u"/.quoin-part-0123456789abcdef"_s;
        const QString young = m_bench->directory() + u"/.quoin-part-0123456789abcdee"_s;
        for (const QString &name : {old, young}) {
            QFile file(name);
            QVERIFY(file.open(QFile::WriteOnly));
            if (name == old)
                QVERIFY(file.setFileTime(QDateTime::currentDateTimeUtc().addDays(-1), QFile::FileModificationTime));
        }
        m_bench->stop();
        QVERIFY(m_bench->start());
        QVERIFY(!QFile::exists(old));
        QVERIFY(QFile::exists(young));
    }

    void aFolderThatGoesAwayFailsTheAttemptAndNotThePlugin()
    {
        QVERIFY(QDir().rename(m_bench->directory(), m_bench->directory() + u"-away"_s));
        QVERIFY(m_bench->makeSip(7, record).contains(u"folder is not there"_s));
        QVERIFY(QDir().rename(m_bench->directory() + u"-away"_s, m_bench->directory()));
        QCOMPARE(m_bench->makeSip(7, record), QString());
    }
};

QTEST_GUILESS_MAIN(tst_Sip)
#include "tst_sip.moc"
