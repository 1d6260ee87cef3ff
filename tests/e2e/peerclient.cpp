// SPDX-License-Identifier: GPL-3.0-only
#include "peerclient.h"

#include <QJsonDocument>

#include <csignal>
#include <sys/prctl.h>

using namespace Qt::StringLiterals;

namespace quoin::test {

namespace {

constexpr int patience = 120'000;

QJsonObject broken(const QString &why) { return {{u"raised"_s, u"client.py: "_s + why}}; }

} // namespace

PeerClient::PeerClient(const QProcessEnvironment &environment)
{
    m_process.setProcessEnvironment(environment);
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
    m_process.start(u"/usr/bin/python3"_s, {QStringLiteral(QUOIN_E2E_SOURCE_DIR "/../peer/client.py")});
    m_process.waitForStarted();
}

PeerClient::~PeerClient()
{
    m_process.closeWriteChannel();
    if (!m_process.waitForFinished(5000)) {
        m_process.kill();
        m_process.waitForFinished();
    }
}

QJsonObject PeerClient::ask(const QString &what, const QJsonObject &arguments)
{
    QJsonObject asked = arguments;
    asked.insert(u"do"_s, what);
    m_process.write(QJsonDocument(asked).toJson(QJsonDocument::Compact) + '\n');
    while (!m_process.canReadLine()) {
        if (!m_process.waitForReadyRead(patience) && !m_process.canReadLine())
            return broken(what + u": "_s + m_process.errorString());
    }
    const auto answer = QJsonDocument::fromJson(m_process.readLine());
    return answer.isObject() ? answer.object() : broken(what + u" was answered with what is no object"_s);
}

QString PeerClient::send(const QString &task, const QJsonArray &arguments, const QJsonObject &options)
{
    QJsonObject asked = options;
    asked.insert(u"task"_s, task);
    asked.insert(u"args"_s, arguments);
    const QJsonObject answer = ask(u"send"_s, asked);
    if (!answer.contains(u"id"_s))
        qWarning() << "not sent:" << answer;
    return answer.value(u"id"_s).toString();
}

QJsonObject PeerClient::get(const QString &id, double timeout)
{
    return ask(u"get"_s, {{u"id"_s, id}, {u"timeout"_s, timeout}});
}

QString PeerClient::state(const QString &id) { return ask(u"state"_s, {{u"id"_s, id}}).value(u"state"_s).toString(); }

QJsonObject signature(const QString &task, const QJsonArray &arguments, const QJsonObject &options, bool isImmutable)
{
    return {{u"task"_s, task}, {u"args"_s, arguments}, {u"options"_s, options}, {u"immutable"_s, isImmutable}};
}

} // namespace quoin::test
