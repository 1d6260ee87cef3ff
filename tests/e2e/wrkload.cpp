// SPDX-License-Identifier: GPL-3.0-only
#include "wrkload.h"

#include <QStandardPaths>

#include <csignal>
#include <sys/prctl.h>

using namespace Qt::StringLiterals;

namespace quoin::test {

bool WrkLoad::isInstalled() { return !QStandardPaths::findExecutable(u"wrk"_s).isEmpty(); }

WrkLoad::WrkLoad(quint16 port, const QByteArray &target, int clients, Connections connections)
{
    // What takes longer than --timeout counts as failed: longer than any host is that slow.
    QStringList arguments = {u"-t1"_s, u"-c"_s + QString::number(clients), u"-d1h"_s, u"--timeout"_s, u"30s"_s};
    if (connections == Short)
        arguments << u"-H"_s << u"Connection: close"_s;
    arguments << u"http://127.0.0.1:%1%2"_s.arg(port).arg(QString::fromLatin1(target));
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }); // should the test crash
    m_process.start(u"wrk"_s, arguments, QIODevice::ReadOnly);
    m_process.waitForStarted();
}

WrkLoad::~WrkLoad() { finish(); }

void WrkLoad::finish()
{
    if (m_process.state() != QProcess::Running)
        return;
    ::kill(static_cast<pid_t>(m_process.processId()), SIGINT); // it stops and tells
    if (!m_process.waitForFinished(60'000))
        m_process.kill();
    m_report = m_process.readAll();
}

qint64 WrkLoad::requests() const
{
    for (const QByteArray &line : m_report.split('\n')) {
        if (line.contains(" requests in "))
            return line.simplified().split(' ').first().toLongLong();
    }
    return 0;
}

QByteArray WrkLoad::faults() const
{
    QByteArrayList faults;
    for (const QByteArray &line : m_report.split('\n')) {
        if (line.contains("Socket errors") || line.contains("Non-2xx") || line.contains("unable to"))
            faults.append(line.simplified());
    }
    return faults.join("; ");
}

} // namespace quoin::test
