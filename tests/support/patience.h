// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QTest>

/// How long a test waits for what is to come, in milliseconds, where it says nothing else. Qt's five seconds are too
/// short for other processes on a small machine that runs sanitizers and other tests beside. Only a failure takes so
/// long; but not longer than the host's own fallbacks (shutdown.timeout, http.handler_timeout), which it would hide.
inline constexpr int testPatience = 30'000;

// Every test is compiled with this header first (tests/CMakeLists.txt): whatever it includes afterwards, these hold.
#undef QTRY_VERIFY
#undef QTRY_VERIFY2
#undef QTRY_COMPARE
#define QTRY_VERIFY(expression) QTRY_VERIFY_WITH_TIMEOUT(expression, testPatience)
#define QTRY_VERIFY2(expression, message) QTRY_VERIFY2_WITH_TIMEOUT(expression, message, testPatience)
#define QTRY_COMPARE(expression, expected) QTRY_COMPARE_WITH_TIMEOUT(expression, expected, testPatience)
