// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/hostmemory.h"

#include <QRandomGenerator>
#include <QTest>

#include <cstring>
#include <thread>

using namespace quoin::supervisor;

namespace {

class Ring
{
public:
    Ring()
    {
        auto memory = HostMemory::create();
        if (!memory)
            qFatal("%s", qPrintable(memory.error().message()));
        m_memory = std::make_unique<HostMemory>(*std::move(memory));
    }
    LogRing *operator->() const { return &m_memory->log(); }
    LogRing &operator*() const { return m_memory->log(); }

private:
    std::unique_ptr<HostMemory> m_memory;
};

void write(LogRing &ring, const QByteArray &text, LogRing::Kind kind = LogRing::Kind::Line)
{
    ring.append(kind, 1000, 42, QtInfoMsg, "quoin.test", text);
}

} // namespace

class TestLogRing final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLineComesBackAsItWasWritten()
    {
        const Ring ring;
        ring->append(LogRing::Kind::Line, 1'700'000'000'000'001, 4711, QtWarningMsg, "quoin.http",
                     "body cut off id=a-1");
        const auto entries = ring->after(0);
        QCOMPARE(entries.size(), 1);
        const LogEntry &entry = entries.constFirst();
        QCOMPARE(entry.sequence, quint64(1));
        QCOMPARE(entry.time, 1'700'000'000'000'001);
        QCOMPARE(entry.pid, 4711);
        QCOMPARE(entry.level, int(QtWarningMsg));
        QCOMPARE(entry.category, "quoin.http");
        QCOMPARE(entry.text, "body cut off id=a-1");
        QVERIFY(!entry.isCut);
    }

    void aLongLineIsCutBetweenCharacters()
    {
        const Ring ring;
        write(*ring, QByteArray("x") + QByteArray("\xc3\xa4").repeated(2000));
        const LogEntry entry = ring->after(0).constFirst();
        QVERIFY(entry.isCut);
        QVERIFY(entry.text.size() > LogRing::longest - 20);
        QVERIFY(!QString::fromUtf8(entry.text).contains(QChar(QChar::ReplacementCharacter)));
    }

    void theOldestLinesGoFirst()
    {
        const Ring ring;
        for (int i = 0; i < LogRing::lines + 10; ++i)
            write(*ring, QByteArray::number(i));
        const auto entries = ring->after(0);
        QCOMPARE(entries.size(), LogRing::lines);
        QCOMPARE(entries.constFirst().text, "10");
        QCOMPARE(entries.constLast().text, QByteArray::number(LogRing::lines + 9));
    }

    void aRushOfRequestsDrivesOutNoOtherLine()
    {
        const Ring ring;
        write(*ring, "plugin refused");
        for (int i = 0; i < 10 * LogRing::requests; ++i)
            write(*ring, "request", LogRing::Kind::Request);
        QCOMPARE(ring->after(0).constFirst().text, "plugin refused");
    }

    void onlyWhatCameAfterIsRead()
    {
        const Ring ring;
        for (int i = 0; i < 5; ++i)
            write(*ring, QByteArray::number(i));
        const auto entries = ring->after(3);
        QCOMPARE(entries.size(), 2);
        QCOMPARE(entries.constFirst().text, "3");
    }

    void hostileContentsAreReadWithinBounds()
    {
        const Ring ring;
        auto *words = reinterpret_cast<quint32 *>(&*ring);
        auto *random = QRandomGenerator::global();
        for (int round = 0; round < 20; ++round) {
            random->fillRange(words, sizeof(LogRing) / sizeof(quint32));
            QVERIFY(ring->after(0).size() <= LogRing::lines + LogRing::requests);
        }
        std::memset(static_cast<void *>(&*ring), 0xff, sizeof(LogRing));
        QVERIFY(ring->after(0).isEmpty());
        write(*ring, "after that"); // in bounds as well, whatever the counters say
    }

    void aCellThatClaimsTheFutureHidesNoOther()
    {
        const Ring ring;
        write(*ring, "first");
        const Ring other;
        for (int i = 0; i < 100; ++i)
            write(*other, "from a ring where more was said");
        std::memcpy(reinterpret_cast<char *>(&*ring) + sizeof(LogRing) / 2, reinterpret_cast<const char *>(&*other),
                    4096);
        write(*ring, "second");
        for (const LogEntry &entry : ring->after(0))
            QVERIFY(entry.sequence <= ring->last());
    }

    void manyWritersNeitherLoseNorMixLines()
    {
        const Ring ring;
        constexpr int writers = 4;
        constexpr int each = 400; // all of them fit
        std::vector<std::thread> threads;
        for (int writer = 0; writer < writers; ++writer) {
            threads.emplace_back([&ring, writer] {
                for (int i = 0; i < each; ++i)
                    write(*ring, QByteArray::number(writer * each + i).rightJustified(300, '.'));
            });
        }
        for (int i = 0; i < 50; ++i) {
            for (const LogEntry &entry : ring->after(0))
                QCOMPARE(entry.text.size(), 300);
        }
        for (std::thread &thread : threads)
            thread.join();
        QSet<QByteArray> texts;
        quint64 last = 0;
        for (const LogEntry &entry : ring->after(0)) {
            QCOMPARE(entry.sequence, last + 1);
            last = entry.sequence;
            texts.insert(entry.text);
        }
        QCOMPARE(texts.size(), writers * each);
    }

    void aReaderOfARingThatGoesRoundSeesWholeLinesOnly()
    {
        const Ring ring;
        std::atomic<bool> isOver = false;
        std::vector<std::thread> writers;
        for (const char letter : {'a', 'b', 'c'}) {
            writers.emplace_back([&ring, &isOver, letter] {
                for (int size = 0; !isOver; size = (size + 7) % 900)
                    write(*ring, QByteArray(size, letter), LogRing::Kind::Request);
            });
        }
        bool isWhole = true;
        for (int i = 0; i < 100; ++i) {
            for (const LogEntry &entry : ring->after(0))
                isWhole = isWhole && (entry.text.isEmpty() || entry.text.count(entry.text[0]) == entry.text.size());
        }
        isOver = true;
        for (std::thread &writer : writers)
            writer.join();
        QVERIFY(isWhole);
    }
};

QTEST_GUILESS_MAIN(TestLogRing)
#include "tst_logring.moc"
