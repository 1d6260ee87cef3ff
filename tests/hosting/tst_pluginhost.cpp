// SPDX-License-Identifier: GPL-3.0-only
#include "dropfolder.h"
#include "servicesdouble.h"

#include "plugins/pluginhost.h"
#include "plugins/pluginservices.h"

#include <QFile>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace quoin::plugins;

namespace {

/// What a test plugin has noted since forget().
QStringList notes(const char *className) { return QCoreApplication::instance()->property(className).toStringList(); }

void forget(const char *className) { QCoreApplication::instance()->setProperty(className, QVariant()); }

QStringList ids(const QList<HostedPlugin *> &plugins)
{
    QStringList ids;
    for (const HostedPlugin *plugin : plugins)
        ids.append(plugin->id());
    return ids;
}

/// A plugin of the host's own.
class BuiltIn final : public quoin::Plugin
{
public:
    explicit BuiltIn(const QString &route)
        : m_route(route)
    {
    }
    void describe(quoin::Registry &registry) override
    {
        registry.get(m_route, [](const quoin::Request &) { return quoin::Response::empty(); });
    }
    quoin::Result<> start(quoin::Services &) override
    {
        events.append(u"start"_s);
        return {};
    }
    void stop() override { events.append(u"stop"_s); }

    QStringList events;

private:
    const QString m_route;
};

} // namespace

class TestPluginHost final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aBadPluginHarmsItselfOnly_data();
    void aBadPluginHarmsItselfOnly();
    void aPluginThatFailsToStartIsStopped();
    void pluginsStartInOrderAndStopInReverse();
    void whatIsBuiltInComesFirst();
    void whatIsBuiltInMustBeRight();
    void anUnsafeFolderLoadsNothing();
    void anEmptyFolderIsFine();
    void aPluginWithoutServicesIsRefused();
    void overwritingTheFileDoesNotReachTheLoadedCode();
    void aRefusalIsOneLine();
    void servicesAreThoseOfThePlugin();

private:
    /// Puts what the row names into the folder.
    static void spoil(const DropFolder &drop, const QString &what);

    ServicesDouble m_services;
    const PluginHost::ServicesFor m_servicesFor = [this](const HostedPlugin &) { return &m_services; };
};

void TestPluginHost::aBadPluginHarmsItselfOnly_data()
{
    QTest::addColumn<QStringList>("files");
    QTest::addColumn<QString>("refused");
    QTest::addColumn<Phase>("phase");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *name, const QStringList &files, const QString &refused, Phase phase,
                        const QString &reason) { QTest::newRow(name) << files << refused << phase << reason; };
    row("writable by all", {u"worldwritable"_s}, u"worldwritable"_s, Phase::Take, u"writable by others (mode 0666)"_s);
    row("symbolic link", {u"symlink"_s}, u"symlink"_s, Phase::Take, u"a symbolic link"_s);
    row("name that is no id", {u"My Plugin"_s}, u"My Plugin"_s, Phase::Take, u"its name is no plugin id"_s);
    row("not an ELF file", {u"text"_s}, u"text"_s, Phase::Lint, u"not an ELF file"_s);
    row("truncated", {u"truncated"_s}, u"truncated"_s, Phase::Lint,
        u"truncated: its section table ends beyond the end of the file"_s);
    row("built with a newer SDK", {u"newernote"_s}, u"newernote"_s, Phase::Lint,
        u"built for SDK 1.9, this host offers 1.%1"_s.arg(QUOIN_SDK_MINOR));
    row("more exports", {u"extraexports"_s}, u"extraexports"_s, Phase::Lint,
        u"exports more than a plugin's entry points: "_s);
    row("unique symbols", {u"uniquesymbols"_s}, u"uniquesymbols"_s, Phase::Lint,
        u"1 unique symbols, which are shared with every other library: sharedByAll"_s);
    row("RPATH", {u"rpath"_s}, u"rpath"_s, Phase::Lint, u"it searches libraries in /opt/elsewhere (RPATH)"_s);
    row("executable stack", {u"executablestack"_s}, u"executablestack"_s, Phase::Lint,
        u"it asks for an executable stack"_s);
    row("text relocation", {u"textrelocation"_s}, u"textrelocation"_s, Phase::Lint,
        u"its code would have to be made writable (text relocations)"_s);
    row("library not allowed", {u"strangelibrary"_s}, u"strangelibrary"_s, Phase::Lint,
        u"needs libstrange.so.1, which is not a library this host allows"_s);
    row("wrong interface", {u"foreigninterface"_s}, u"foreigninterface"_s, Phase::Metadata,
        u"its interface is \"org.example.Other/1\", not \"org.quoin.Plugin/1\""_s);
    row("metadata of a newer SDK", {u"newersdk"_s}, u"newersdk"_s, Phase::Metadata,
        u"built for SDK 1.99, this host offers 1.%1"_s.arg(QUOIN_SDK_MINOR));
    row("unknown metadata", {u"unknownmember"_s}, u"unknownmember"_s, Phase::Metadata,
        u"its metadata is wrong: \"isolation\" is not known"_s);
    row("id is not the file name", {u"othername"_s}, u"othername"_s, Phase::Metadata,
        u"its id is \"good\", so its file must be good.so"_s);
    row("requires what is not there", {u"requiresabsent"_s}, u"requiresabsent"_s, Phase::Resolve,
        u"requires org.example.absent 1.2, which is not there"_s);
    row("requires a newer one", {u"requiresnewer"_s}, u"requiresnewer"_s, Phase::Resolve,
        u"requires good 2.0, but its version is 1.0.0"_s);
    row("circle", {u"circle_a"_s, u"circle_b"_s}, u"circle_a circle_b"_s, Phase::Resolve,
        u"requires itself in a circle: circle_a -> circle_b -> circle_a"_s);
    row("missing symbol", {u"missingsymbol"_s}, u"missingsymbol"_s, Phase::Load,
        u"undefined symbol: _Z25functionThatNobodyDefinesv"_s);
    row("missing library", {u"missinglibrary"_s}, u"missinglibrary"_s, Phase::Load,
        u"libQt6Gone.so.6: cannot open shared object file: No such file or directory"_s);
    row("throwing constructor", {u"throwingconstructor"_s}, u"throwingconstructor"_s, Phase::Load,
        u"its constructor threw: exception: no more threads"_s);
    row("no quoin::Plugin", {u"notours"_s}, u"notours"_s, Phase::Load, u"its class NotOurs is no quoin::Plugin"_s);
    row("throwing describe", {u"throwingdescribe"_s}, u"throwingdescribe"_s, Phase::Describe,
        u"describe() threw: exception: cannot say"_s);
    row("wrong description", {u"misdescribed"_s}, u"misdescribed"_s, Phase::Describe,
        u"route GET /ok/{id} has 1 captures, its handler takes 0; task other.task must be named misdescribed.something"_s);
    row("route of another", {u"rival"_s}, u"rival"_s, Phase::Conflict,
        u"route GET /good/{name} is declared by good already"_s);
    row("refusing start", {u"refusingstart"_s}, u"refusingstart"_s, Phase::Start, u"there is no table orders"_s);
    row("throwing start", {u"throwingstart"_s}, u"throwingstart"_s, Phase::Start,
        u"start() threw: an exception of an unknown type"_s);
}

void TestPluginHost::spoil(const DropFolder &drop, const QString &what)
{
    const QByteArray good = DropFolder::plugin(u"good"_s);
    const QString file = drop.file(what + u".so"_s);
    if (what == u"worldwritable"_s) {
        drop.write(u"worldwritable.so"_s, good);
        QCOMPARE(::chmod(QFile::encodeName(file).constData(), 0666), 0);
    } else if (what == u"symlink"_s) {
        QCOMPARE(::symlink("good.so", QFile::encodeName(file).constData()), 0);
    } else if (what == u"text"_s) {
        drop.write(u"text.so"_s, "INPUT(libc.so.6)\n");
    } else if (what == u"truncated"_s) {
        drop.write(u"truncated.so"_s, good.first(good.size() * 9 / 10));
    } else if (what == u"newernote"_s) {
        drop.write(u"newernote.so"_s,
                   QByteArray(good).replace(";sdk=" + QByteArray::number(QUOIN_SDK_MINOR) + ';', ";sdk=9;"));
    } else if (what == u"othername"_s || what == u"My Plugin"_s) {
        drop.write(what + u".so"_s, good);
    } else {
        drop.add(what);
    }
}

void TestPluginHost::aBadPluginHarmsItselfOnly()
{
    QFETCH(QStringList, files);
    QFETCH(QString, refused);
    QFETCH(Phase, phase);
    QFETCH(QString, reason);
    DropFolder drop;
    drop.add(u"good"_s);
    for (const QString &file : files)
        spoil(drop, file);

    PluginHost host;
    const auto loaded = host.load(drop.path(), drop.store());
    QVERIFY2(loaded, qPrintable(loaded.error().message()));
    host.start(m_servicesFor);

    QCOMPARE(ids(host.live()), QStringList{u"good"_s});
    QStringList names;
    for (const Refusal &refusal : host.refusals()) {
        names.append(QFileInfo(refusal.file).completeBaseName());
        QCOMPARE(phaseName(refusal.phase), phaseName(phase));
        QVERIFY2(refusal.reason.startsWith(reason), qPrintable(refusal.reason));
        QVERIFY(!refusal.remedy.isEmpty());
    }
    QCOMPARE(names.join(u' '), refused);
}

void TestPluginHost::aPluginThatFailsToStartIsStopped()
{
    DropFolder drop;
    for (const QString &id : {u"refusingstart"_s, u"throwingstart"_s, u"dependent"_s})
        drop.add(id);
    for (const char *name : {"RefusingStart", "ThrowingStart", "Dependent"})
        forget(name);
    PluginHost host;
    QVERIFY(host.load(drop.path(), drop.store()));
    QCOMPARE(host.plugins().size(), 3u);
    host.start(m_servicesFor);
    QCOMPARE(notes("RefusingStart"), QStringList({u"start"_s, u"stop"_s}));
    QCOMPARE(notes("ThrowingStart"), QStringList({u"start"_s, u"stop"_s}));
    QCOMPARE(notes("Dependent"), QStringList());
    QVERIFY(host.live().isEmpty());
    QCOMPARE(host.refusals().size(), 3);
    QCOMPARE(host.refusals()[1].id, u"dependent"_s);
    QCOMPARE(host.refusals()[1].reason, u"requires refusingstart, which did not start"_s);
    host.stop(); // what is stopped is not stopped again
    QCOMPARE(notes("RefusingStart").size(), 2);
}

void TestPluginHost::pluginsStartInOrderAndStopInReverse()
{
    DropFolder drop;
    drop.add(u"good"_s);
    QStringList events;
    class Ordered final : public quoin::Plugin
    {
    public:
        explicit Ordered(QStringList &events)
            : m_events(events)
        {
        }
        void describe(quoin::Registry &) override { }
        quoin::Result<> start(quoin::Services &) override
        {
            m_events.append(u"first starts"_s);
            return {};
        }
        void stop() override { m_events.append(u"first stops after %1"_s.arg(notes("Good").join(u' '))); }

    private:
        QStringList &m_events;
    } first(events);
    forget("Good");
    {
        PluginHost host;
        QVERIFY(host.addBuiltIn(u"first"_s, QVersionNumber(1, 0, 0), first));
        QVERIFY(host.load(drop.path(), drop.store()));
        QVERIFY(events.isEmpty()); // nothing starts before start()
        host.start([&](const HostedPlugin &plugin) {
            events.append(u"services of "_s + plugin.id());
            return &m_services;
        });
    } // the host's end stops them
    QCOMPARE(events,
             QStringList({u"services of first"_s, u"first starts"_s, u"services of good"_s,
                          u"first stops after start stop"_s}));
}

void TestPluginHost::whatIsBuiltInComesFirst()
{
    DropFolder drop;
    drop.add(u"good"_s);
    drop.add(u"rival"_s);
    BuiltIn taken(u"/unlike"_s);
    PluginHost host;
    QVERIFY(host.addBuiltIn(u"good"_s, QVersionNumber(9, 0, 0), taken));
    QVERIFY(host.load(drop.path(), drop.store()));
    QCOMPARE(host.refusals().size(), 1);
    QCOMPARE(host.refusals()[0].phase, Phase::Conflict);
    QCOMPARE(host.refusals()[0].reason, u"a plugin of this id is there already"_s);
    host.start(m_servicesFor);
    QCOMPARE(ids(host.live()), QStringList({u"good"_s, u"rival"_s}));
    QVERIFY(host.live()[0]->isBuiltIn());
    QCOMPARE(taken.events, QStringList{u"start"_s});
}

void TestPluginHost::whatIsBuiltInMustBeRight()
{
    BuiltIn one(u"/a"_s);
    BuiltIn same(u"/a"_s);
    BuiltIn wrong(u"a"_s);
    PluginHost host;
    QVERIFY(host.addBuiltIn(u"one"_s, QVersionNumber(1, 0, 0), one));
    const auto twice = host.addBuiltIn(u"two"_s, QVersionNumber(1, 0, 0), same);
    QVERIFY(!twice);
    QCOMPARE(twice.error().message(), u"plugin two: route GET /a is declared by one already"_s);
    QVERIFY(!host.addBuiltIn(u"three"_s, QVersionNumber(1, 0, 0), wrong));
}

void TestPluginHost::anUnsafeFolderLoadsNothing()
{
    DropFolder drop;
    drop.add(u"good"_s);
    QCOMPARE(::chmod(QFile::encodeName(drop.path()).constData(), 0777), 0);
    PluginHost host;
    const auto loaded = host.load(drop.path(), drop.store());
    QVERIFY(!loaded);
    QVERIFY2(loaded.error().message().contains(u"is writable by others (mode 0777)"_s),
             qPrintable(loaded.error().message()));
    QVERIFY(host.plugins().empty());
    QCOMPARE(host.refusals().size(), 1);
    QCOMPARE(host.refusals()[0].phase, Phase::Folder);
}

void TestPluginHost::anEmptyFolderIsFine()
{
    const DropFolder drop;
    PluginHost host;
    QVERIFY(host.load(drop.path(), drop.store()));
    QVERIFY(host.plugins().empty() && host.refusals().isEmpty());
}

void TestPluginHost::aPluginWithoutServicesIsRefused()
{
    DropFolder drop;
    drop.add(u"good"_s);
    forget("Good");
    PluginHost host;
    QVERIFY(host.load(drop.path(), drop.store()));
    host.start([](const HostedPlugin &) { return nullptr; });
    QVERIFY(host.live().isEmpty());
    QCOMPARE(host.refusals().size(), 1);
    QCOMPARE(notes("Good"), QStringList());
}

void TestPluginHost::overwritingTheFileDoesNotReachTheLoadedCode()
{
    DropFolder drop;
    const QString file = drop.add(u"good"_s);
    PluginHost host;
    QVERIFY(host.load(drop.path(), drop.store()));
    QVERIFY(QFile::resize(file, 0)); // had this file been mapped, the next call of its code would be a SIGBUS
    forget("Good");
    host.start(m_servicesFor);
    QCOMPARE(notes("Good"), QStringList{u"start"_s});
}

void TestPluginHost::aRefusalIsOneLine()
{
    const Refusal refusal{u"/srv/x.so"_s, u"x"_s, u"1.2.0"_s, Phase::Lint, u"built for SDK 1.3, this host offers 1.1"_s,
                          u"rebuild it"_s};
    QCOMPARE(
        refusal.toLine(),
        u"refused file=/srv/x.so plugin=x version=1.2.0 phase=lint reason=\"built for SDK 1.3, this host offers 1.1\" remedy=\"rebuild it\""_s);
    const Refusal forged{u"/srv/a\nrefused file=\"b\".so"_s, {}, {}, Phase::Take, u"a \"name\"\\"_s, {}};
    QCOMPARE(forged.toLine(),
             u"refused file=\"/srv/a\\u000arefused file=\\\"b\\\".so\" phase=take reason=\"a \\\"name\\\"\\\\\""_s);
}

void TestPluginHost::servicesAreThoseOfThePlugin()
{
    const DropFolder drop;
    int something = 0;
    ServicesSource source;
    source.id = u"org.acme.orders"_s;
    source.dataDirectory = drop.path();
    source.setting = [](const QString &key) { return key == u"org.acme.orders.batch"_s ? QVariant(7) : QVariant(); };
    source.interfaces.insert("some.Thing/1", &something);
    const auto services = PluginServices::create(source);
    QVERIFY(services);
    PluginServices &given = **services;
    QCOMPARE(given.setting(u"batch"_s), QVariant(7));
    QVERIFY(!given.setting(u"other"_s).isValid());
    QCOMPARE(given.find("some.Thing/1"), static_cast<void *>(&something));
    QCOMPARE(given.find("some.Thing/2"), nullptr);
    QCOMPARE(QByteArray(given.log()->categoryName()), QByteArray("quoin.plugin.org.acme.orders"));
    struct stat status = {};
    QCOMPARE(::stat(QFile::encodeName(given.pluginDataDirectory()).constData(), &status), 0);
    QCOMPARE(status.st_mode & 07777, 0700u);
    QVERIFY(given.pluginDataDirectory().endsWith(u"/plugins/plugins/org.acme.orders"_s));
    QVERIFY(!given.isStopping());
}

QTEST_GUILESS_MAIN(TestPluginHost)
#include "tst_pluginhost.moc"
