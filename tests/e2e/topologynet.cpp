// SPDX-License-Identifier: GPL-3.0-only
#include "topologynet.h"

#include <QDir>
#include <QFile>
#include <QProcess>

#include <cerrno>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::test {
namespace {

const QString nobody = u"02:00:00:00:ff:ff"_s; // a station that is not there

int openNamespace(const QString &path)
{
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        qFatal("%s: %s", qPrintable(path), qPrintable(qt_error_string(errno)));
    return descriptor;
}

int ownNamespace(QLatin1StringView kind) { return openNamespace(u"/proc/thread-self/ns/"_s + kind); }

void enter(int descriptor, int kind)
{
    if (::setns(descriptor, kind) != 0)
        qFatal("setns: %s", qPrintable(qt_error_string(errno)));
}

void leave(int kind)
{
    if (::unshare(kind) != 0)
        qFatal("unshare: %s", qPrintable(qt_error_string(errno)));
}

bool mountEmpty(const char *folder)
{
    return QDir().mkpath(QFile::decodeName(folder))
        && ::mount("empty", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") == 0;
}

} // namespace

QString TopologyNet::leaveTheOthers()
{
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0
        || !mountEmpty("/run/netns") || !mountEmpty("/srv"))
        return u"network namespaces need root, and a root folder that is a mount (%1)"_s.arg(qt_error_string(errno));
    return {};
}

bool TopologyNet::start(const QStringList &hosts)
{
    m_hosts = hosts;
    QString commands = u"netns add switch\n"_s;
    for (const QString &host : hosts) {
        commands += u"netns add %1\n"_s.arg(host);
        commands += u"link add eth0 netns %1 type veth peer name %1 netns switch\n"_s.arg(host);
    }
    if (!ip(commands) || !ip(u"link add br0 type bridge\nlink set br0 up\n"_s, u"switch"_s))
        return false;
    for (const QString &host : hosts) {
        const QString inside = u"link set lo up\nlink set eth0 up\naddr add %1/24 dev eth0\n"_s.arg(addressOf(host));
        if (!ip(inside, host) || !rejoin(host) || !ip(u"link set %1 up\n"_s.arg(host), u"switch"_s))
            return false;
    }
    return writeNames();
}

/// A file of this process's own in the place of /etc/hosts.
bool TopologyNet::writeNames() const
{
    const QString path = u"/run/netns/.hosts"_s;
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return false;
    file.write("127.0.0.1 localhost\n");
    for (const QString &host : m_hosts)
        file.write((addressOf(host) + u' ' + host + u'\n').toLatin1());
    file.close();
    return ::mount(QFile::encodeName(path).constData(), "/etc/hosts", nullptr, MS_BIND, nullptr) == 0;
}

QString TopologyNet::addressOf(const QString &host) const { return u"10.77.0.%1"_s.arg(m_hosts.indexOf(host) + 1); }

/// A port that is in no bridge: what comes in at it is forgotten.
bool TopologyNet::setCable(const QString &host, QStringView state)
{
    return ip(u"link set %1 %2\n"_s.arg(host, state), u"switch"_s);
}

/// Each is told that the other is at a station that is not there, instead of asking.
bool TopologyNet::separate(const QString &one, const QString &other)
{
    const QString command = u"neigh replace %1 lladdr %2 nud permanent dev eth0\n"_s;
    return ip(command.arg(addressOf(other), nobody), one) && ip(command.arg(addressOf(one), nobody), other);
}

bool TopologyNet::reunite(const QString &one, const QString &other)
{
    const QString command = u"neigh del %1 dev eth0\n"_s;
    return ip(command.arg(addressOf(other)), one) && ip(command.arg(addressOf(one)), other);
}

bool TopologyNet::ip(const QString &commands, const QString &host)
{
    QProcess process;
    QStringList arguments{u"-batch"_s, u"-"_s};
    if (!host.isEmpty())
        arguments = QStringList{u"-n"_s, host} + arguments;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(u"ip"_s, arguments);
    process.write(commands.toLatin1());
    process.closeWriteChannel();
    const bool ended = process.waitForFinished();
    if (ended && process.exitCode() == 0)
        return true;
    m_failure = u"ip "_s + arguments.join(u' ') + u": "_s + QString::fromLocal8Bit(process.readAll());
    return false;
}

OnHost::OnHost(const QString &host, Processes processes)
    : m_network(ownNamespace("net"_L1))
    , m_names(ownNamespace("uts"_L1))
    , m_processes(processes == Processes::Own ? ownNamespace("pid"_L1) : -1)
{
    const int network = openNamespace(u"/run/netns/"_s + host);
    enter(network, CLONE_NEWNET);
    ::close(network);
    leave(processes == Processes::Own ? CLONE_NEWUTS | CLONE_NEWPID : CLONE_NEWUTS);
    const QByteArray name = host.toLatin1();
    if (::sethostname(name.constData(), static_cast<size_t>(name.size())) != 0)
        qFatal("sethostname: %s", qPrintable(qt_error_string(errno)));
}

OnHost::~OnHost()
{
    enter(m_network, CLONE_NEWNET);
    enter(m_names, CLONE_NEWUTS);
    if (m_processes >= 0)
        enter(m_processes, CLONE_NEWPID);
    for (const int descriptor : {m_network, m_names, m_processes}) {
        if (descriptor >= 0)
            ::close(descriptor);
    }
}

} // namespace quoin::test
