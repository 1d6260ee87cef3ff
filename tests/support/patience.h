// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QTest>

/// How long a test waits for what is to come, in milliseconds, where it says nothing else. Qt's five seconds are too
/// short for other processes on a small machine that runs sanitizers and other tests beside. Only a failure takes so
/// long; but not longer than the host's own fallbacks (shutdown.timeout, http.handler_timeout), which it would hide.
inline constexpr int testPatience = 30'000;

namespace quoin::test {

/// The pauses between one look and the next, in which events are processed. Only they are counted against the limit:
/// where looking takes long because the machine is slow, the wait is longer too.
class Pauses
{
public:
    explicit Pauses(int limit)
        : m_left(limit)
    {
    }

    /// Pauses. False, and at once, when the limit was reached or the test has failed.
    bool next()
    {
        if (m_left <= 0 || QTest::currentTestFailed())
            return false;
        QTest::qWait(m_first ? 0 : step);
        m_left -= m_first ? 0 : step;
        m_first = false;
        return true;
    }

private:
    static constexpr int step = 50;
    int m_left;
    bool m_first = true;
};

} // namespace quoin::test

// Every test is compiled with this header first (tests/CMakeLists.txt): whatever it includes afterwards, these hold.
// Qt's macros look twice more when they have seen what they waited for, so that a test fails whose answer was right
// and is another a moment later. Here what was seen once counts.
#undef QTRY_VERIFY
#undef QTRY_VERIFY2
#undef QTRY_COMPARE
#undef QTRY_VERIFY_WITH_TIMEOUT
#undef QTRY_VERIFY2_WITH_TIMEOUT
#undef QTRY_COMPARE_WITH_TIMEOUT

#define QTRY_VERIFY2_WITH_TIMEOUT(expression, message, limit) \
    do { \
        quoin::test::Pauses quoinPauses(limit); \
        bool quoinSeen = false; \
        do { \
            quoinSeen = static_cast<bool>(expression); \
        } while (!quoinSeen && quoinPauses.next()); \
        if (!quoinSeen) { \
            QTest::qVerify(false, #expression, static_cast<const char *>(message), __FILE__, __LINE__); \
            return; \
        } \
    } while (false)

#define QTRY_COMPARE_WITH_TIMEOUT(expression, expected, limit) \
    do { \
        quoin::test::Pauses quoinPauses(limit); \
        bool quoinSeen = false; \
        do { \
            quoinSeen = (expression) == (expected); \
        } while (!quoinSeen && quoinPauses.next()); \
        if (!quoinSeen) \
            QCOMPARE(expression, expected); \
    } while (false)

#define QTRY_VERIFY_WITH_TIMEOUT(expression, limit) QTRY_VERIFY2_WITH_TIMEOUT(expression, "", limit)
#define QTRY_VERIFY(expression) QTRY_VERIFY_WITH_TIMEOUT(expression, testPatience)
#define QTRY_VERIFY2(expression, message) QTRY_VERIFY2_WITH_TIMEOUT(expression, message, testPatience)
#define QTRY_COMPARE(expression, expected) QTRY_COMPARE_WITH_TIMEOUT(expression, expected, testPatience)
