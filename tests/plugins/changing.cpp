// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <array>

/// As header libraries have it: one for each type, in every plugin that includes them.
template <class T>
struct Registered
{
    static inline T current;
};

/// Two versions of one class, with the same name and another layout.
struct Settings
{
    const char *version = CHANGING_VERSION;
#ifdef CHANGING_GROWN
    std::array<QString, 12> texts = [] {
        std::array<QString, 12> all;
        all.fill(QLatin1String(CHANGING_VERSION));
        return all;
    }();
    bool isWhole() const { return texts.back() == QLatin1String(version); }
#else
    bool isWhole() const { return true; }
#endif
};

namespace {

[[maybe_unused]] int *volatile nowhere = nullptr;

/// The version, if what it reads is its own: the statics of a template, and Qt's description of a type, which is one.
QByteArray ownVersion()
{
    const Settings &own = Registered<Settings>::current;
    if (qstrcmp(own.version, CHANGING_VERSION) != 0)
        return QByteArrayLiteral("settings of ") + own.version;
    const auto copy = QVariant::fromValue(own).value<Settings>();
    return copy.isWhole() ? QByteArray(copy.version) : QByteArrayLiteral("settings of another layout");
}

} // namespace

/// One plugin in several versions: it tells which it is, and some are bad.
class Changing final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "changing.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        registry.get(u"/changing"_s, [](const quoin::Request &) {
#ifdef CHANGING_CRASHES
            *nowhere = 1;
#endif
            return quoin::Response::text(ownVersion());
        });
    }

    quoin::Result<> start(quoin::Services &) override
    {
#ifdef CHANGING_REFUSES
        return quoin::Error::unavailable(u"version " CHANGING_VERSION " does not want to start"_s);
#else
        return {};
#endif
    }
};

#include "changing.moc"
