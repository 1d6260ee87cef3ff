// SPDX-License-Identifier: GPL-3.0-only
// A server with nothing but its HTTP part, for wrk: quoin_http_bench_server [port] [stock]
// "stock" serves the same by QHttpServer::route() instead, to be measured beside it.
#include "http/server.h"

#include <quoin/detail/handlers.h>

#include <QCoreApplication>
#include <QHttpServer>
#include <QTcpServer>
#include <QThreadPool>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

template <class F>
void add(quoin::http::Router &router, const QString &pattern, F function)
{
    using Handler = quoin::detail::RouteHandler<F>;
    static Handler handler(std::move(function)); // one for each type: each lambda has its own
    quoin::http::RouteEntry entry;
    entry.method = "GET";
    entry.pattern = pattern;
    entry.captureTypes = Handler::captureTypes();
    entry.runsOn = Handler::runsOn;
    entry.handler = &handler;
    entry.owner = u"bench"_s;
    if (const auto added = router.add(entry); !added)
        qFatal("%s", qPrintable(added.error().message()));
}

quoin::http::Router routes()
{
    using quoin::Request;
    using quoin::Response;
    quoin::http::Router router;
    add(router, u"/"_s, [](const Request &) -> QFuture<Response> {
        return QtFuture::makeReadyFuture(Response::text(QByteArrayLiteral("Hello World!")));
    });
    add(router, u"/pool"_s, [](const Request &) { return Response::text(QByteArrayLiteral("Hello World!")); });
    add(router, u"/record/{id}"_s, [](const Request &, qint64 id) -> QFuture<Response> {
        return QtFuture::makeReadyFuture(Response::json("{\"id\":" + QByteArray::number(id) + '}'));
    });
    return router;
}

int serveStock(QCoreApplication &app, quint16 port)
{
    QHttpServer server;
    server.route(u"/"_s, [] { return QHttpServerResponse("text/plain", "Hello World!"); });
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    auto *tcp = new QTcpServer;
    if (!tcp->listen(QHostAddress::LocalHost, port) || !server.bind(tcp))
        return 1;
    port = tcp->serverPort();
#else
    port = server.listen(QHostAddress::LocalHost, port);
#endif
    std::printf("http://127.0.0.1:%d/\n", port);
    std::fflush(stdout);
    return app.exec();
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    const quint16 port = arguments.value(1).toUShort();
    if (arguments.value(2) == u"stock"_s)
        return serveStock(app, port);

    quoin::http::Server server({}, routes(), *QThreadPool::globalInstance(), nullptr);
    if (const auto listening = server.listen(QHostAddress::LocalHost, port); !listening) {
        std::fprintf(stderr, "%s\n", qPrintable(listening.error().message()));
        return 1;
    }
    std::printf("http://127.0.0.1:%d/\n", server.port());
    std::fflush(stdout);
    return app.exec();
}
