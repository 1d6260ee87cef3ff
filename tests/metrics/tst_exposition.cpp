// SPDX-License-Identifier: GPL-3.0-only
#include "metrics/exposition.h"

#include <QTest>

#include <array>

using namespace quoin::server;

class ExpositionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFamilyHasHelpTypeAndSamples();
    void openMetricsNamesTheFamilyAndEndsThePage();
    void labelsAreEscaped_data();
    void labelsAreEscaped();
    void bucketsAddUp();
    void numbersAreTheShortestThatReadBack_data();
    void numbersAreTheShortestThatReadBack();
};

void ExpositionTest::aFamilyHasHelpTypeAndSamples()
{
    Exposition page(Exposition::Format::Text);
    page.counter("requests", "All of them.");
    page.sample(quint64(3), {{"method", "GET"}, {"status", "2xx"}});
    page.sample(quint64(18446744073709551615U), {{"method", "PUT"}, {"status", "5xx"}});
    page.gauge("open", "Now.");
    page.sample(quint64(0));
    QCOMPARE(page.finish(),
             QByteArray("# HELP requests_total All of them.\n"
                        "# TYPE requests_total counter\n"
                        "requests_total{method=\"GET\",status=\"2xx\"} 3\n"
                        "requests_total{method=\"PUT\",status=\"5xx\"} 18446744073709551615\n"
                        "# HELP open Now.\n"
                        "# TYPE open gauge\n"
                        "open 0\n"));
}

void ExpositionTest::openMetricsNamesTheFamilyAndEndsThePage()
{
    Exposition page(Exposition::Format::OpenMetrics);
    page.counter("requests", "All of them.");
    page.sample(quint64(3));
    constexpr std::array<quint64, 1> bounds{1};
    constexpr std::array<quint64, 2> buckets{4, 1};
    page.histogram("jobs", "Of a batch.");
    page.sample(bounds, buckets, 9, 1);
    QCOMPARE(page.finish(),
             QByteArray("# HELP requests All of them.\n"
                        "# TYPE requests counter\n"
                        "requests_total 3\n"
                        "# HELP jobs Of a batch.\n"
                        "# TYPE jobs histogram\n"
                        "jobs_bucket{le=\"1.0\"} 4\n"
                        "jobs_bucket{le=\"+Inf\"} 5\n"
                        "jobs_sum 9\n"
                        "jobs_count 5\n"
                        "# EOF\n"));
}

void ExpositionTest::labelsAreEscaped_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("written");
    QTest::newRow("plain") << QByteArray("/record/{id}") << QByteArray("/record/{id}");
    QTest::newRow("quote") << QByteArray("a\"b") << QByteArray("a\\\"b");
    QTest::newRow("backslash") << QByteArray("a\\nb") << QByteArray("a\\\\nb");
    QTest::newRow("new line") << QByteArray("a\nb") << QByteArray("a\\nb");
    QTest::newRow("not UTF-8") << QByteArray("a\xff") << QByteArray("a\xef\xbf\xbd");
    QTest::newRow("empty") << QByteArray() << QByteArray();
}

void ExpositionTest::labelsAreEscaped()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, written);
    Exposition page(Exposition::Format::Text);
    page.gauge("x", "X.");
    page.sample(quint64(1), {{"l", text}});
    QCOMPARE(page.finish(), "# HELP x X.\n# TYPE x gauge\nx{l=\"" + written + "\"} 1\n");
}

void ExpositionTest::bucketsAddUp()
{
    constexpr std::array<quint64, 3> bounds{100, 2'500, 30'000'000};
    constexpr std::array<quint64, 4> buckets{2, 0, 1, 4};
    Exposition page(Exposition::Format::Text);
    page.histogram("took_seconds", "Time.");
    page.sample(bounds, buckets, 1'500'000, 1e6, {{"route", "/"}});
    QCOMPARE(page.finish(),
             QByteArray("# HELP took_seconds Time.\n"
                        "# TYPE took_seconds histogram\n"
                        "took_seconds_bucket{route=\"/\",le=\"0.0001\"} 2\n"
                        "took_seconds_bucket{route=\"/\",le=\"0.0025\"} 2\n"
                        "took_seconds_bucket{route=\"/\",le=\"30\"} 3\n"
                        "took_seconds_bucket{route=\"/\",le=\"+Inf\"} 7\n"
                        "took_seconds_sum{route=\"/\"} 1.5\n"
                        "took_seconds_count{route=\"/\"} 7\n"));
}

void ExpositionTest::numbersAreTheShortestThatReadBack_data()
{
    QTest::addColumn<double>("number");
    QTest::addColumn<QByteArray>("written");
    QTest::newRow("whole") << 30.0 << QByteArray("30");
    QTest::newRow("a tenth") << 0.1 << QByteArray("0.1");
    QTest::newRow("a sum") << 0.1 + 0.2 << QByteArray("0.30000000000000004");
    QTest::newRow("a time") << 1'764'446'400.123456 << QByteArray("1764446400.123456");
    QTest::newRow("nothing") << 0.0 << QByteArray("0");
}

void ExpositionTest::numbersAreTheShortestThatReadBack()
{
    QFETCH(const double, number);
    QFETCH(const QByteArray, written);
    Exposition page(Exposition::Format::Text);
    page.gauge("x", "X.");
    page.sample(number);
    QCOMPARE(page.finish(), "# HELP x X.\n# TYPE x gauge\nx " + written + '\n');
}

QTEST_GUILESS_MAIN(ExpositionTest)
#include "tst_exposition.moc"
