// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>
#include <QStringList>

namespace quoin::test {

/// Hosts on a network of their own: a network namespace each, with a name, an address and a cable to one switch,
/// made by ip(8). Only this process and those it starts can see them, and they are gone with the last of these, however
/// it ends. One such network in a process.
class TopologyNet
{
public:
    /// The names and addresses of hosts are this process's own from now on, and /srv is an empty folder. Call it
    /// before there are threads. The reason if that is not allowed: it needs root.
    static QString leaveTheOthers();

    /// False: failure() says why.
    bool start(const QStringList &hosts);
    QString failure() const { return m_failure; }
    QString addressOf(const QString &host) const;

    /// From now on nothing that is sent to the host or by it arrives, and nobody is told.
    bool cutOff(const QString &host) { return setCable(host, u"nomaster"); }
    bool rejoin(const QString &host) { return setCable(host, u"master br0"); }
    /// The same between two, both ways.
    bool separate(const QString &one, const QString &other);
    bool reunite(const QString &one, const QString &other);

private:
    bool setCable(const QString &host, QStringView state);
    bool ip(const QString &commands, const QString &host = {});
    bool writeNames() const;

    QStringList m_hosts;
    QString m_failure;
};

/// While it lives, what this thread opens and starts is on that host: sockets, and processes with its name.
class OnHost
{
public:
    enum class Processes {
        Ours, ///< Among those of this machine.
        Own   ///< The first to be started is process 1 of the host and all of its descendants end with it. No threads
              ///< can be made meanwhile.
    };

    explicit OnHost(const QString &host, Processes processes = Processes::Ours);
    ~OnHost();
    Q_DISABLE_COPY_MOVE(OnHost)

private:
    int m_network;
    int m_names;
    int m_processes;
};

} // namespace quoin::test
