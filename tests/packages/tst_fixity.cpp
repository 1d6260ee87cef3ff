// SPDX-License-Identifier: GPL-3.0-only
#include "sipbench.h"

#include "fixity.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin;
using sip::SipBench;

class tst_Fixity : public QObject
{
    Q_OBJECT

    std::unique_ptr<SipBench> m_bench;

    void restart(qint64 interval = 30LL * 24 * 3600 * 1000)
    {
        QFETCH_GLOBAL(QString, dialect);
        m_bench = std::make_unique<SipBench>(dialect, QVariantMap{{u"fixity_interval"_s, interval}});
        QVERIFY(m_bench->start());
    }
    void make(int count)
    {
        for (int i = 1; i <= count; ++i)
            QCOMPARE(m_bench->makeSip(i, "{}"), QString());
        age();
    }
    void age() { m_bench->database().execute(u"UPDATE sip SET checked = checked - 100000000000000, verified = 1"_s); }
    qint64 count(const QString &where)
    {
        return m_bench->database().integer(u"SELECT COUNT(*) FROM sip WHERE "_s + where);
    }
    QString check() { return m_bench->run(u"sip.check_fixity"_s, {}); }
    QString path(int record) const { return m_bench->directory() + u"/%1_20261123T174801.000042Z.zip"_s.arg(record); }
    void flip(int record)
    {
        QFile file(path(record));
        QVERIFY(file.open(QFile::ReadWrite));
        char byte = 0;
        QVERIFY(file.seek(200) && file.getChar(&byte) && file.seek(200) && file.putChar(char(byte ^ 1)));
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

    void whatIsDueIsCheckedAndWhatIsNotIsLeft()
    {
        make(250);                                         // more than a batch
        QCOMPARE(m_bench->makeSip(1000, "{}"), QString()); // verified just now
        const qint64 fresh = m_bench->database().integer(u"SELECT verified FROM sip WHERE record = 1000"_s);
        QCOMPARE(check(), QString());
        QCOMPARE(count(u"verified = 1"_s), 0);
        QCOMPARE(count(u"fault IS NOT NULL"_s), 0);
        QCOMPARE(m_bench->database().integer(u"SELECT verified FROM sip WHERE record = 1000"_s), fresh);
    }

    void aFlippedByteIsFoundRecordedLoggedAndNotServed()
    {
        make(3);
        flip(2);
        QTest::ignoreMessage(QtCriticalMsg,
                             QRegularExpression(u"fixity lost id=2 record=2 file=\"2_.*\" reason=\"its sha256 is "_s));
        QCOMPARE(check(), QString());
        QCOMPARE(count(u"fault IS NOT NULL"_s), 1);
        QVERIFY(m_bench->get(u"/sip/{id}"_s, 2).body.contains("\"fault\":\"its sha256 is "));
        QCOMPARE(count(u"verified = 1"_s), 1); // when it was good last
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"failed its last check"_s));
        QCOMPARE(m_bench->get(u"/sip/{id}/file"_s, 2).status, 500);

        flip(2); // somebody restored it
        age();
        QCOMPARE(check(), QString());
        QCOMPARE(count(u"fault IS NOT NULL"_s), 0);
        QCOMPARE(m_bench->get(u"/sip/{id}/file"_s, 2).status, 200);
    }

    void aMissingFileIsFound()
    {
        make(1);
        QVERIFY(QFile::remove(path(1)));
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"fixity lost id=1 .*cannot be opened"_s));
        QCOMPARE(check(), QString());
        QCOMPARE(count(u"fault LIKE 'it cannot be opened%'"_s), 1);
    }

    void aFolderThatIsAwayIsNotTheLossOfEveryFileInIt()
    {
        make(2);
        QVERIFY(QDir().rename(m_bench->directory(), m_bench->directory() + u"-away"_s));
        QVERIFY(check().contains(u"fixity was not checked"_s));
        QCOMPARE(count(u"fault IS NOT NULL"_s), 0);
    }

    void aRunThatIsStoppedLeavesTheRestForTheNext()
    {
        make(3);
        m_bench->isStopRequested = true;
        QCOMPARE(check(), QString());
        QCOMPARE(count(u"verified = 1"_s), 3);
        m_bench->isStopRequested = false;
        QCOMPARE(check(), QString());
        QCOMPARE(count(u"verified = 1"_s), 0);
    }

    void eachRunSchedulesTheNextAndAStartSchedulesTheFirst()
    {
        QCOMPARE(m_bench->pushes().size(), 1);
        QVERIFY(m_bench->start());
        QCOMPARE(check(), QString());
        m_bench->stop();
        QCOMPARE(m_bench->pushes().size(), 3);
        for (const sip::Push &push : m_bench->pushes()) {
            QCOMPARE(push.task, u"sip.check_fixity"_s);
            QCOMPARE(push.notBefore % (3600LL * 1000 * 1000), 0);
            QVERIFY(push.notBefore > QDateTime::currentMSecsSinceEpoch() * 1000 - 1'000'000);
            QCOMPARE(push.uniqueKey, sip::checkKey(sip::Time(std::chrono::microseconds(push.notBefore))));
        }
    }

    void theNextCheckIsTheNextFullHour()
    {
        const sip::Time noon(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 12h);
        QCOMPARE(sip::nextCheck(noon), noon + 1h);
        QCOMPARE(sip::nextCheck(noon + 59min), noon + 1h);
        QVERIFY(sip::checkKey(noon) != sip::checkKey(noon + 1h));
    }

    void zeroSwitchesItOff()
    {
        restart(0);
        make(1);
        m_bench->stop();
        QVERIFY(m_bench->pushes().isEmpty());
        QVERIFY(m_bench->start());
        QCOMPARE(check(), QString());
        QCOMPARE(count(u"verified = 1"_s), 1);
    }
};

QTEST_GUILESS_MAIN(tst_Fixity)
#include "tst_fixity.moc"
