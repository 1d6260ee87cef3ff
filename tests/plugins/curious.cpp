// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <QFile>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

bool reachesNetwork()
{
    // connect() of a datagram socket sends nothing, but needs a route: not even loopback is up in an empty network.
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(9);
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    const bool isReached = ::connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    ::close(fd);
    return isReached;
}

/// What was inherited: files, pipes and sockets. An event loop of its own has an eventfd.
QString openDescriptors()
{
    QStringList names;
    for (int fd = 3; fd < 64; ++fd) {
        const QString name = QFile::symLinkTarget(u"/proc/self/fd/%1"_s.arg(fd));
        if (!name.isEmpty() && !name.contains(u"anon_inode:"_s))
            names.append(name);
    }
    return names.join(u',');
}

bool canWriteAtHome() { return QFile(qEnvironmentVariable("HOME") + u"/left"_s).open(QIODevice::WriteOnly); }

} // namespace

/// Its describe() says what it could reach: the environment, the network, files.
class Curious final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "curious.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        struct rlimit core = {};
        ::getrlimit(RLIMIT_CORE, &core);
        QStringList names;
        for (char **variable = environ; *variable; ++variable)
            names.append(QString::fromUtf8(*variable).section(u'=', 0, 0));
        names.sort();
        const QString found = u"environment %1; network %2; home %3; core %4; privileges %5; descriptors %6"_s.arg(
            names.join(u','), reachesNetwork() ? u"yes"_s : u"no"_s, canWriteAtHome() ? u"yes"_s : u"no"_s,
            QString::number(core.rlim_cur), ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? u"none new"_s : u"any"_s,
            openDescriptors());
        registry.get(u"/found"_s, [](const quoin::Request &) { return quoin::Response::text("found"); }).summary(found);
    }
};

#include "curious.moc"
