// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QProcess>

namespace quoin::test {

/// wrk(1) at full speed against one target, from its start until finish(). One thread.
class WrkLoad
{
public:
    enum Connections { Kept, Short };

    /// Short: a connection for each request.
    WrkLoad(quint16 port, const QByteArray &target, int clients, Connections connections = Kept);
    ~WrkLoad();
    Q_DISABLE_COPY(WrkLoad)

    static bool isInstalled();

    void finish();

    /// After finish(). Answers that came; at least one, or nothing was tried.
    qint64 requests() const;
    /// After finish(). The lines in which wrk counts requests that failed or were answered with anything but 2xx and
    /// 3xx; empty if there were none.
    QByteArray faults() const;
    QByteArray report() const { return m_report; }

private:
    QProcess m_process;
    QByteArray m_report;
};

} // namespace quoin::test
