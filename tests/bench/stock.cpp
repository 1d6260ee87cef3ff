// SPDX-License-Identifier: GPL-3.0-only
// bench_stock PORT: what a person writes with QHttpServer, the module's own way, for comparison.
#include <QCoreApplication>
#include <QHttpServer>
#include <QTcpServer>

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QHttpServer server;
    server.route(QStringLiteral("/bench/hello"), [] { return QStringLiteral("hello\n"); });
    auto *listener = new QTcpServer(&server);
    if (!listener->listen(QHostAddress::LocalHost, application.arguments().value(1).toUShort()))
        return 1;
    server.bind(listener); // in both Qt 6.4, where it returns nothing, and 6.8
    return application.exec();
}
