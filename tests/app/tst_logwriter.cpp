// SPDX-License-Identifier: GPL-3.0-only
#include "log/log.h"
#include "trace/current.h"

#include <QLoggingCategory>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <thread>

using namespace Qt::StringLiterals;
using namespace quoin::server;

Q_LOGGING_CATEGORY(trial, "quoin.trial")

/// A pipe: what is written, and a reader that reads when the test says so.
class Pipe
{
public:
    Pipe() { [[maybe_unused]] const int made = ::pipe2(m_ends.data(), O_CLOEXEC); }
    ~Pipe()
    {
        closeWriter();
        ::close(m_ends[0]);
    }
    int writer() const { return m_ends[1]; }
    void closeWriter()
    {
        if (m_ends[1] >= 0)
            ::close(std::exchange(m_ends[1], -1));
    }
    /// What is there, or nothing after a moment without any.
    QByteArray readAvailable()
    {
        pollfd waiting{.fd = m_ends[0], .events = POLLIN, .revents = 0};
        return ::poll(&waiting, 1, 10) > 0 ? readSome() : QByteArray();
    }
    /// Waits for something; nothing at the end.
    QByteArray readSome()
    {
        std::array<char, 65536> buffer{};
        const ssize_t count = ::read(m_ends[0], buffer.data(), buffer.size());
        return QByteArray(buffer.data(), std::max<ssize_t>(0, count));
    }
    QByteArray readToEnd()
    {
        QByteArray all;
        for (QByteArray some = readSome(); !some.isEmpty(); some = readSome())
            all += some;
        return all;
    }
    void fill()
    {
        ::fcntl(m_ends[1], F_SETFL, O_NONBLOCK);
        const QByteArray block(4096, 'x');
        while (::write(m_ends[1], block.constData(), static_cast<size_t>(block.size())) > 0)
            m_filled += block.size();
        ::fcntl(m_ends[1], F_SETFL, 0);
    }
    qsizetype filled() const { return m_filled; }

private:
    std::array<int, 2> m_ends{-1, -1};
    qsizetype m_filled = 0;
};

class LogWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyLineIsWrittenInOrder();
    void linesOfManyThreadsStayWhole();
    void aLineAndARequestKeepTheirOrder();
    void nobodyWaitsForASlowReader();
    void whatIsDroppedIsCounted();
    void requestsLeaveRoomForLines();
    void anEndIsNotHeldUpByAPipeNobodyReads();
    void messagesOfQtAreTaken();
    void whatIsWrittenForATraceNamesIt();
    void aLevelKeepsTheLesserOut_data();
    void aLevelKeepsTheLesserOut();
};

namespace {

LogLine line(int number) { return {std::chrono::system_clock::now(), QtInfoMsg, "t", u"line number=%1"_s.arg(number)}; }

RequestLine request(const QByteArray &path)
{
    return RequestLine({.method = "GET", .path = path, .pattern = {}, .status = 200, .requestId = "i", .peer = "p"});
}

} // namespace

void LogWriterTest::everyLineIsWrittenInOrder()
{
    Pipe pipe;
    {
        LogWriter writer({.descriptor = pipe.writer()});
        for (int i = 0; i < 100; ++i)
            writer.add(line(i));
    }
    pipe.closeWriter();
    const auto lines = pipe.readToEnd().split('\n');
    QCOMPARE(lines.size(), 101); // and the nothing behind the last line break
    for (int i = 0; i < 100; ++i)
        QVERIFY2(lines[i].endsWith("t: line number=" + QByteArray::number(i)), lines[i]);
}

void LogWriterTest::linesOfManyThreadsStayWhole()
{
    Pipe pipe;
    QByteArray written;
    std::thread reader([&] { written = pipe.readToEnd(); });
    {
        LogWriter writer({.descriptor = pipe.writer(), .requestCapacity = 100'000, .lineCapacity = 100'000});
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&writer, thread] {
                for (int i = 0; i < 1000; ++i) {
                    writer.add(line(thread * 1000 + i));
                    writer.add(request("/" + QByteArray::number(thread * 1000 + i)));
                }
            });
        }
    }
    pipe.closeWriter();
    reader.join();
    QMap<QByteArray, int> seen;
    for (const QByteArray &one : written.split('\n'))
        ++seen[one.mid(one.indexOf(": ") + 2)];
    for (int i = 0; i < 4000; ++i) {
        const QByteArray number = QByteArray::number(i);
        QCOMPARE(seen["line number=" + number], 1);
        QCOMPARE(seen["request method=GET path=\"/" + number + "\" status=200 bytes=0 ms=0.000 id=i peer=p"], 1);
    }
}

void LogWriterTest::aLineAndARequestKeepTheirOrder()
{
    Pipe pipe;
    {
        LogWriter writer({.descriptor = pipe.writer()});
        writer.add(request("/1"));
        writer.add(line(2));
        writer.add(request("/3"));
    }
    pipe.closeWriter();
    const QByteArray written = pipe.readToEnd();
    QVERIFY(written.indexOf("/1") < written.indexOf("number=2"));
    QVERIFY(written.indexOf("number=2") < written.indexOf("/3"));
}

void LogWriterTest::nobodyWaitsForASlowReader()
{
    Pipe pipe;
    pipe.fill();
    LogWriter writer({.descriptor = pipe.writer(), .requestCapacity = 10, .lineCapacity = 10});
    for (int i = 0; i < 10'000; ++i) // would hang here
        writer.add(request("/"));
    QVERIFY(!writer.flush(std::chrono::milliseconds(1)));
    while (!writer.flush(std::chrono::milliseconds(0)))
        pipe.readAvailable();
}

void LogWriterTest::whatIsDroppedIsCounted()
{
    Pipe pipe;
    pipe.fill();
    constexpr int sent = 1000;
    QByteArray written;
    {
        LogWriter writer({.descriptor = pipe.writer(), .lineCapacity = 10});
        for (int i = 0; i < sent; ++i)
            writer.add(line(i));
        while (!writer.flush(std::chrono::milliseconds(0)))
            written += pipe.readAvailable();
    }
    pipe.closeWriter();
    written += pipe.readToEnd();

    const int kept = static_cast<int>(written.count("line number="));
    int dropped = 0;
    for (const QByteArray &part : written.split('\n')) {
        const qsizetype at = part.indexOf("lines dropped count=");
        if (at >= 0)
            dropped += part.mid(at + 20, part.indexOf(' ', at + 20) - at - 20).toInt();
    }
    QVERIFY(dropped > 0);
    QCOMPARE(kept + dropped, sent);
}

void LogWriterTest::requestsLeaveRoomForLines()
{
    Pipe pipe;
    pipe.fill();
    QByteArray written;
    {
        LogWriter writer({.descriptor = pipe.writer(), .requestCapacity = 10, .lineCapacity = 1});
        for (int i = 0; i < 1000; ++i)
            writer.add(request("/"));
        writer.add(line(7));
        while (!writer.flush(std::chrono::milliseconds(0)))
            written += pipe.readAvailable();
    }
    pipe.closeWriter();
    written += pipe.readToEnd();
    QVERIFY(written.contains("line number=7"));
}

void LogWriterTest::anEndIsNotHeldUpByAPipeNobodyReads()
{
    auto pipe = std::make_unique<Pipe>();
    pipe->fill();
    {
        LogWriter writer({.descriptor = pipe->writer(), .patience = std::chrono::milliseconds(10)});
        writer.add(line(1));
    } // would hang here
    QCOMPARE(pipe->readSome().left(1), "x");
    // What the thread was left with goes out now, so that it ends before the descriptor does.
    QByteArray written;
    while (!written.contains("line number=1"))
        written += pipe->readAvailable();
}

void LogWriterTest::messagesOfQtAreTaken()
{
    Pipe pipe;
    {
        Log log(pipe.writer(), LogFormat::Text, u"info"_s);
        qCWarning(trial, "task failed id=%d", 7);
        qWarning("from nowhere");
    }
    pipe.closeWriter();
    const QByteArray written = pipe.readToEnd();
    QVERIFY2(written.contains("warning  quoin.trial: task failed id=7\n"), written);
    QVERIFY2(written.contains("warning  default: from nowhere\n"), written);
}

void LogWriterTest::whatIsWrittenForATraceNamesIt()
{
    const auto context = *quoin::trace::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    Pipe pipe;
    {
        Log log(pipe.writer(), LogFormat::Text, u"info"_s);
        const quoin::trace::Scope scope(context);
        qCWarning(trial, "made file=\"a\"");
        qCWarning(trial, "task failed trace=1 id=7"); // about another
        std::thread([] { qCWarning(trial, "elsewhere"); }).join();
    }
    pipe.closeWriter();
    const QByteArray written = pipe.readToEnd();
    QVERIFY2(written.contains(": made file=\"a\" trace=4bf92f3577b34da6a3ce929d0e0e4736\n"), written);
    QVERIFY2(written.contains(": task failed trace=1 id=7\n") && written.contains(": elsewhere\n"), written);
}

void LogWriterTest::aLevelKeepsTheLesserOut_data()
{
    QTest::addColumn<QString>("level");
    QTest::addColumn<int>("lines");
    QTest::newRow("debug") << u"debug"_s << 4;
    QTest::newRow("info") << u"info"_s << 3;
    QTest::newRow("warning") << u"warning"_s << 2;
    QTest::newRow("critical") << u"critical"_s << 1;
}

void LogWriterTest::aLevelKeepsTheLesserOut()
{
    QFETCH(const QString, level);
    QFETCH(const int, lines);
    Pipe pipe;
    {
        Log log(pipe.writer(), LogFormat::Text, level);
        qCDebug(trial) << "debug";
        qCInfo(trial) << "info";
        qCWarning(trial) << "warning";
        qCCritical(trial) << "critical";
    }
    pipe.closeWriter();
    QCOMPARE(pipe.readToEnd().count('\n'), lines);
}

QTEST_GUILESS_MAIN(LogWriterTest)
#include "tst_logwriter.moc"
