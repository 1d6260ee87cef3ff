// SPDX-License-Identifier: GPL-3.0-only
#include "healthcheckcommand.h"

#include "settings/declare.h"
#include "settings/listenaddress.h"
#include "settings/proxysettings.h"
#include "settings/settingkeys.h"
#include "settings/settingvalue.h"

#include <QDeadlineTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>
#include <QTextStream>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

constexpr qsizetype largestAnswer = 64 * 1024;

/// Where to ask, and whom the server takes for a proxy.
struct Place
{
    ListenAddress address;
    http::Proxies proxies;
};

/// What is wrong with other settings is the server's to say.
Result<Settings> settingsAsked(const SettingSources &sources, const QString &listening)
{
    const SettingSchema all = hostSettings(Surroundings::here());
    SettingSchema schema;
    for (const QString &key : {listening, u"http.proxy_protocol"_s, u"http.proxies"_s}) {
        if (const auto declared = schema.declare(*all.find(key)); !declared)
            return declared.error();
    }
    return Settings::resolve(schema, sources, Settings::Unknown::Ignore);
}

Result<Place> placeToAsk(const SettingSources &sources, const QString &listening)
{
    const auto settings = settingsAsked(sources, listening);
    if (!settings)
        return settings.error();
    const QString text = settings->text(listening);
    if (text.isEmpty())
        return Error::invalid(u"%1 is not set, so there is nobody to ask"_s.arg(listening));
    const auto addresses = parseListenAddresses(text);
    if (!addresses)
        return addresses.error();
    if (addresses->first().port == 0)
        return Error::invalid(u"%1 takes any free port, so nobody can know where to ask"_s.arg(listening));
    auto proxies = proxiesOf(*settings);
    if (!proxies)
        return proxies.error();
    return Place{nearestAddress(addresses->first()), *std::move(proxies)};
}

int left(const QDeadlineTimer &deadline) { return static_cast<int>(std::max<qint64>(1, deadline.remainingTime())); }

/// All that it says until it closes.
Result<QByteArray> ask(const Place &place, const QByteArray &path, const QDeadlineTimer &deadline)
{
    const ListenAddress &address = place.address;
    QTcpSocket socket;
    socket.connectToHost(address.host, address.port);
    if (!socket.waitForConnected(left(deadline)))
        return Error::unavailable(socket.errorString());
    if (place.proxies.include(socket.localAddress().toString().toLatin1()))
        socket.write("PROXY UNKNOWN\r\n"); // on nobody's behalf: the PROXY protocol, section 2.1
    socket.write("GET " + path + " HTTP/1.1\r\nHost: " + address.toString().toLatin1()
                 + "\r\nUser-Agent: quoin-healthcheck\r\nConnection: close\r\n\r\n");
    QByteArray answer;
    while (answer.size() <= largestAnswer && !deadline.hasExpired() && socket.waitForReadyRead(left(deadline)))
        answer += socket.readAll();
    answer += socket.readAll();
    if (socket.state() == QAbstractSocket::ConnectedState)
        return Error::unavailable(u"no whole answer in time"_s);
    return answer;
}

int statusOf(const QByteArray &answer)
{
    const QList<QByteArray> words = answer.first(std::max<qsizetype>(0, answer.indexOf("\r\n"))).split(' ');
    return words.size() >= 2 && words[0].startsWith("HTTP/1.") ? words[1].toInt() : 0;
}

/// "database: it is away; storage: ...".
QString failedChecks(const QByteArray &answer)
{
    const QByteArray body = answer.sliced(std::min(answer.size(), answer.indexOf("\r\n\r\n") + 4));
    const QJsonArray checks = QJsonDocument::fromJson(body).object().value(u"checks"_s).toArray();
    QStringList failed;
    for (const auto check : checks) {
        if (check.toObject().value(u"status"_s) == u"failed"_s)
            failed.append(check.toObject().value(u"name"_s).toString() + u": "_s
                          + check.toObject().value(u"detail"_s).toString());
    }
    return failed.join(u"; "_s);
}

Result<std::chrono::milliseconds> patience(const QString &text)
{
    const SettingKey key = declare::number(SettingType::Duration, u"--timeout"_s, u"2s"_s, 10, 3'600'000, {});
    const auto value = parseSetting(key, text);
    if (!value)
        return Error::invalid(u"--timeout %1: %2"_s.arg(text, value.error().message()));
    return std::chrono::milliseconds(value->toLongLong());
}

} // namespace

ListenAddress nearestAddress(const ListenAddress &address)
{
    ListenAddress nearest = address;
    if (address.host == QHostAddress(QHostAddress::AnyIPv4))
        nearest.host = QHostAddress(QHostAddress::LocalHost);
    else if (address.host == QHostAddress(QHostAddress::AnyIPv6))
        nearest.host = QHostAddress(QHostAddress::LocalHostIPv6);
    return nearest;
}

int checkHealth(const SettingSources &sources, const HealthQuestion &question, QTextStream &out, QTextStream &err)
{
    const auto timeout = patience(question.timeout);
    const auto place = placeToAsk(sources, question.isAboutWorker ? u"worker.listen"_s : u"http.listen"_s);
    if (!timeout || !place) {
        err << "quoin: " << (timeout ? place.error() : timeout.error()).message() << '\n';
        return 2;
    }
    const QString path = question.isAboutLife ? u"/healthz"_s : u"/readyz"_s;
    const QString url = u"http://%1%2"_s.arg(place->address.toString(), path);
    const auto answer = ask(*place, path.toLatin1(), QDeadlineTimer(*timeout));
    const int status = answer ? statusOf(*answer) : 0;
    if (status == 200) {
        out << (question.isAboutLife ? "alive " : "ready ") << url << '\n';
        return 0;
    }
    err << (question.isAboutLife ? "not alive " : "not ready ") << url << ": ";
    if (!answer)
        err << answer.error().message();
    else if (status == 0)
        err << "what answers there is no HTTP server";
    else
        err << status << ' ' << failedChecks(*answer);
    err << '\n';
    return 1;
}

} // namespace quoin::server
