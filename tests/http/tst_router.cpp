// SPDX-License-Identifier: GPL-3.0-only
#include "http/router.h"

#include <QTest>

using namespace quoin::http;
using namespace Qt::StringLiterals;

namespace {

class NoHandler final : public quoin::abi::Handler
{
    void handle(const quoin::abi::Request *, quoin::abi::Reply *owned) override { delete owned; }
};

RouteEntry entry(const QByteArray &method, const QString &pattern, const QList<QByteArray> &types = {},
                 const QString &owner = u"tests"_s)
{
    static NoHandler handler;
    RouteEntry route;
    route.method = method;
    route.pattern = pattern;
    route.captureTypes = types;
    route.handler = &handler;
    route.owner = owner;
    return route;
}

Router sampleRouter()
{
    Router router;
    for (const RouteEntry &route : {
             entry("GET", u"/"_s),
             entry("GET", u"/record"_s),
             entry("POST", u"/record"_s),
             entry("GET", u"/record/{id}"_s, {"integer"}),
             entry("DELETE", u"/record/{key}"_s, {"integer"}),
             entry("GET", u"/record/latest"_s),
             entry("GET", u"/record/{id}/sips"_s, {"integer"}),
             entry("GET", u"/a/{x}/c"_s, {"string"}),
             entry("GET", u"/{y}/b/d"_s, {"string"}),
             entry("GET", u"/file/{name}"_s, {"string"}),
             entry("GET", u"/slash/"_s),
             entry("GET", u"/naïve path"_s),
             entry("OPTIONS", u"/own-options"_s),
             entry("HEAD", u"/own-head"_s),
         }) {
        if (const auto added = router.add(route); !added)
            qFatal("%s", qPrintable(added.error().message()));
    }
    return router;
}

/// "pattern capture capture", or the outcome and Allow.
QByteArray described(const RouteMatch &match)
{
    using enum RouteMatch::Outcome;
    switch (match.outcome) {
    case NotFound:
        return "404";
    case BadPath:
        return "400";
    case WrongMethod:
        return "405 " + match.allow;
    case Options:
        return "204 " + match.allow;
    case Found:
        break;
    }
    QByteArray text = match.entry->method + ' ' + match.entry->pattern.toUtf8();
    for (const std::string_view capture : match.captures)
        text.append(' ').append(capture.data(), static_cast<qsizetype>(capture.size()));
    return text;
}

} // namespace

class RouterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRequestFindsItsRoute_data();
    void aRequestFindsItsRoute();
    void aMalformedRouteIsRefusedWithItsReason_data();
    void aMalformedRouteIsRefusedWithItsReason();
    void aRouteDeclaredTwiceNamesBothOwners();
};

void RouterTest::aRequestFindsItsRoute_data()
{
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *request, const char *expected) { QTest::newRow(request) << QByteArray(expected); };
    row("GET /", "GET /");
    row("GET /record", "GET /record");
    row("POST /record", "POST /record");
    row("HEAD /record", "GET /record");
    row("HEAD /own-head", "HEAD /own-head");
    row("GET /record/7", "GET /record/{id} 7");
    row("GET /record/-7", "GET /record/{id} -7");
    row("DELETE /record/7", "DELETE /record/{key} 7");
    row("GET /record/latest", "GET /record/latest");
    row("GET /record/7/sips", "GET /record/{id}/sips 7");
    row("GET /record/abc", "404");
    row("GET /record/01", "404");
    row("GET /record/+1", "404");
    row("GET /record/-0", "404");
    row("GET /record/1.0", "404");
    row("GET /record/9223372036854775807", "GET /record/{id} 9223372036854775807");
    row("GET /record/9223372036854775808", "404");
    row("GET /record/%37", "404");
    row("GET /record/", "404");
    row("GET /record//sips", "404");
    row("GET /record/7/", "404");
    row("GET /slash/", "GET /slash/");
    row("GET /slash", "404");
    row("GET /a/b/c", "GET /a/{x}/c b");
    row("GET /a/b/d", "GET /{y}/b/d a");
    row("GET /a/b/e", "404");
    row("GET /nope", "404");
    row("GET //", "404");
    row("GET /./record", "404");
    row("GET /x/../record", "404");
    row("GET /file/..", "GET /file/{name} ..");
    row("GET /file/a%2Fb", "GET /file/{name} a%2Fb");
    row("GET /file/%zz", "400");
    row("GET /file/%4", "400");
    row("GET /file/%", "400");
    row("GET /file/a%00b", "400");
    row("GET /na%C3%AFve%20path", "GET /na\xc3\xafve path");
    row("POST /", "405 GET, HEAD, OPTIONS");
    row("PUT /record", "405 GET, HEAD, OPTIONS, POST");
    row("FROB /record/7", "405 DELETE, GET, HEAD, OPTIONS");
    row("TRACE /", "405 GET, HEAD, OPTIONS");
    row("get /", "405 GET, HEAD, OPTIONS");
    row("OPTIONS /record", "204 GET, HEAD, OPTIONS, POST");
    row("OPTIONS /own-options", "OPTIONS /own-options");
    row("OPTIONS /nope", "404");
    row("OPTIONS *", "204 DELETE, GET, HEAD, OPTIONS, POST");
}

void RouterTest::aRequestFindsItsRoute()
{
    QFETCH(QByteArray, expected);
    const Router router = sampleRouter();
    const std::string_view request = QTest::currentDataTag();
    const std::size_t space = request.find(' ');
    QCOMPARE(described(router.find(request.substr(0, space), request.substr(space + 1))), expected);
}

void RouterTest::aMalformedRouteIsRefusedWithItsReason_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QList<QByteArray>>("types");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *name, const char *method, const QString &pattern, const QList<QByteArray> &types,
                        const QString &reason) {
        QTest::newRow(name) << QByteArray(method) << pattern << types << reason;
    };
    row("no slash", "GET", u"a"_s, {}, u"begin with"_s);
    row("query", "GET", u"/a?b"_s, {}, u"without query"_s);
    row("part of a segment", "GET", u"/a{id}"_s, {"string"}, u"whole segment"_s);
    row("empty name", "GET", u"/{}"_s, {"string"}, u"whole segment"_s);
    row("one name twice", "GET", u"/{a}/{a}"_s, {"string", "string"}, u"two captures"_s);
    row("too few arguments", "GET", u"/{a}"_s, {}, u"1 captures and the handler takes 0"_s);
    row("too many arguments", "GET", u"/a"_s, {"integer"}, u"0 captures and the handler takes 1"_s);
    row("unknown type", "GET", u"/{a}"_s, {"uuid"}, u"neither integer nor string"_s);
    row("no method", "", u"/"_s, {}, u"the method"_s);
    row("CONNECT", "CONNECT", u"/"_s, {}, u"the method"_s);
}

void RouterTest::aMalformedRouteIsRefusedWithItsReason()
{
    QFETCH(QByteArray, method);
    QFETCH(QString, pattern);
    QFETCH(QList<QByteArray>, types);
    QFETCH(QString, reason);
    Router router;
    const auto added = router.add(entry(method, pattern, types));
    QVERIFY(!added);
    QVERIFY2(added.error().message().contains(reason), qPrintable(added.error().message()));
    QVERIFY(added.error().message().contains(u"tests"_s));
}

void RouterTest::aRouteDeclaredTwiceNamesBothOwners()
{
    Router router;
    QVERIFY(router.add(entry("GET", u"/record/{id}"_s, {"integer"}, u"records"_s)));
    const auto again = router.add(entry("GET", u"/record/{key}"_s, {"string"}, u"archive"_s));
    QVERIFY(!again);
    QCOMPARE(again.error().kind(), quoin::ErrorKind::Conflict);
    QVERIFY(again.error().message().contains(u"records"_s));
    QVERIFY(again.error().message().contains(u"archive"_s));
    QVERIFY(router.add(entry("PUT", u"/record/{key}"_s, {"string"}, u"archive"_s)));
}

QTEST_APPLESS_MAIN(RouterTest)
#include "tst_router.moc"
