// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/abicheck.h"

#include <quoin/detail/abinote.h>

#include <QHash>
#include <QVersionNumber>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

using Facts = QHash<QByteArray, QString>;

Facts parse(const QByteArray &text)
{
    Facts facts;
    for (const QByteArray &pair : text.split(';')) {
        const qsizetype equals = pair.indexOf('=');
        if (equals > 0)
            facts.insert(pair.first(equals), QString::fromLatin1(pair.sliced(equals + 1)));
    }
    return facts;
}

/// "1.3": the major of the interface name, and the minor.
QString sdkVersion(const Facts &facts)
{
    const QString interface = facts.value("interface");
    return interface.sliced(interface.lastIndexOf(u'/') + 1) + u'.' + facts.value("sdk");
}

std::optional<Fault> sdkMismatch(const Facts &plugin, const Facts &host)
{
    const QString ours = sdkVersion(host);
    bool isNumber = false;
    const int minor = plugin.value("sdk").toInt(&isNumber);
    if (plugin.value("interface") == host.value("interface") && isNumber && minor >= 0
        && minor <= host.value("sdk").toInt())
        return std::nullopt;
    return Fault{u"built for SDK %1, this host offers %2"_s.arg(sdkVersion(plugin), ours),
                 u"rebuild it with SDK %1, or use a newer host"_s.arg(ours)};
}

struct Trait
{
    const char *key;
    QString name;
    QString remedy;
};

std::optional<Fault> traitMismatch(const Facts &plugin, const Facts &host)
{
    const Trait traits[] = {
        {"pointer", u"pointer size"_s, u"rebuild it for this machine"_s},
        {"cxx11", u"_GLIBCXX_USE_CXX11_ABI"_s, u"rebuild it with the same setting"_s},
        {"stldebug", u"_GLIBCXX_DEBUG"_s, u"rebuild it with the same setting"_s},
        {"sanitizer", u"sanitizer"_s, u"rebuild it with the host's -fsanitize= option"_s},
    };
    for (const Trait &trait : traits) {
        const QString theirs = plugin.value(trait.key);
        const QString ours = host.value(trait.key);
        if (theirs != ours)
            return Fault{u"built with %1 %2, this host with %3"_s.arg(trait.name, theirs, ours), trait.remedy};
    }
    return std::nullopt;
}

std::optional<Fault> qtMismatch(const Facts &plugin, const Facts &host)
{
    const auto theirs = QVersionNumber::fromString(plugin.value("qt"));
    const auto ours = QVersionNumber::fromString(host.value("qt"));
    if (theirs.majorVersion() == ours.majorVersion() && theirs.minorVersion() <= ours.minorVersion())
        return std::nullopt;
    return Fault{u"built with Qt %1, this host runs Qt %2"_s.arg(plugin.value("qt"), host.value("qt")),
                 u"rebuild it with Qt %1.%2 or older"_s.arg(ours.majorVersion()).arg(ours.minorVersion())};
}

} // namespace

QByteArray hostAbi()
{
    // Qt may have been updated since the host was built: what counts is the one that runs.
    const QByteArray built = QByteArrayLiteral(QUOIN_ABI_NOTE_TEXT);
    return built.first(built.lastIndexOf('=') + 1) + qVersion();
}

std::optional<Fault> abiMismatch(const QByteArray &plugin, const QByteArray &host)
{
    const Facts theirs = parse(plugin);
    const Facts ours = parse(host);
    for (const auto check : {sdkMismatch, traitMismatch, qtMismatch}) {
        if (auto fault = check(theirs, ours))
            return fault;
    }
    return std::nullopt;
}

} // namespace quoin::plugins
