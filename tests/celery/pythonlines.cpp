// SPDX-License-Identifier: GPL-3.0-only
#include "pythonlines.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QProcessEnvironment>
#include <QTest>

#include <csignal>
#include <sys/prctl.h>

using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 60000;

QJsonValue parsed(const QByteArray &line)
{
    const QByteArray wrapped = '[' + line + ']'; // Qt reads documents only; a line may be any value.
    const QJsonArray array = QJsonDocument::fromJson(wrapped).array();
    return array.size() == 1 ? array.at(0) : QJsonValue(QJsonValue::Undefined);
}

} // namespace

PythonLines::PythonLines(const QString &broker)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"BROKER"_s, broker);
    environment.insert(u"PYTHONDONTWRITEBYTECODE"_s, u"1"_s);
    environment.insert(u"PYTHONUNBUFFERED"_s, u"1"_s);
    environment.insert(u"C_FORCE_ROOT"_s, u"1"_s);
    m_process.setProcessEnvironment(environment);
    m_process.setWorkingDirectory(QStringLiteral(QUOIN_CELERY_TESTS));
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
}

PythonLines::~PythonLines()
{
    m_process.kill();
    m_process.waitForFinished();
}

void PythonLines::start(const QStringList &arguments)
{
    m_process.start(u"/usr/bin/python3"_s, arguments); // Debian's, which has Celery
}

bool PythonLines::startAndWait(const QStringList &arguments)
{
    start(arguments);
    return next() == QJsonValue(u"ready"_s);
}

QJsonValue PythonLines::ask(const QJsonObject &question)
{
    m_process.write(QJsonDocument(question).toJson(QJsonDocument::Compact) + '\n');
    return next();
}

bool PythonLines::hasLines()
{
    QTest::qWait(0); // whatever has come
    return m_process.canReadLine();
}

QJsonValue PythonLines::next()
{
    if (!QTest::qWaitFor([this] { return m_process.canReadLine() || m_process.state() == QProcess::NotRunning; },
                         patience))
        return QJsonValue::Undefined;
    const QByteArray line = m_process.readLine();
    const QJsonValue value = parsed(line.trimmed());
    if (value.isUndefined())
        m_output += line;
    return value;
}

int PythonLines::waitForEnd()
{
    const bool ended = QTest::qWaitFor([this] { return m_process.state() == QProcess::NotRunning; }, patience);
    return ended && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

QByteArray PythonLines::output()
{
    m_output += m_process.readAll();
    return m_output;
}
