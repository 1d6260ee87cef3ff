// SPDX-License-Identifier: GPL-3.0-only
#include "dropfolder.h"

#include "plugins/describer.h"
#include "plugins/lint.h"
#include "plugins/loader.h"

#include <quoin/abi.h>
#include <quoin/plugin.h>

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::plugins;

namespace {

/// A request that nobody asks anything of.
class SomeRequest final : public abi::Request
{
public:
    void retain() const noexcept override { }
    void release() const noexcept override { }
    QByteArray method() const override { return "GET"; }
    QByteArray target() const override { return "/changing"; }
    QByteArray path() const override { return "/changing"; }
    QByteArray query() const override { return {}; }
    QByteArray header(QByteArrayView) const override { return {}; }
    HeaderList headers() const override { return {}; }
    QByteArray body() const override { return {}; }
    QByteArray id() const override { return {}; }
    QByteArray peer() const override { return {}; }
    QByteArray capture(int) const override { return {}; }
    bool isCancelled() const override { return false; }
    bool checkJson(qint64 *, QString *) const override { return false; }
};

class KeptReply final : public abi::Reply
{
public:
    explicit KeptReply(QByteArray *body)
        : m_body(body)
    {
    }
    void send(int, const HeaderList &, const QByteArray &body) override { *m_body = body; }
    void stream(int, const HeaderList &, qint64, abi::BodySource *) override { *m_body = "a stream"; }
    void problem(int, const HeaderList &, const QString &detail) override { *m_body = detail.toUtf8(); }
    void error(int, const QString &message) override { *m_body = message.toUtf8(); }

private:
    QByteArray *m_body;
};

/// A version that is loaded and stays so.
class Loaded
{
public:
    /// From a copy, as each version of a plugin in the store is: at the same path the first would come again.
    explicit Loaded(const QString &version)
        : m_copy(m_drop.add(u"versions/"_s + version + u"/changing"_s, u"changing.so"_s))
    {
        Fault fault;
        Plugin *const plugin = loadPlugin(m_copy, &fault);
        if (!plugin)
            qFatal("%s is not loaded: %s", qPrintable(version), qPrintable(fault.reason));
        auto description = describe(*plugin, u"changing"_s);
        if (!description)
            qFatal("%s", qPrintable(description.error().message()));
        m_description = *std::move(description);
    }

    QByteArray ask() const
    {
        const SomeRequest request;
        QByteArray body;
        m_description.routes.front().handler->handle(&request, new KeptReply(&body));
        return body;
    }

private:
    DropFolder m_drop;
    QString m_copy;
    Description m_description;
};

} // namespace

/// Two versions of a plugin, with classes of the same name and another layout, in one process: in a worker that never
/// happens, but whoever tests plugins, or holds two plugins that include the same header library, has it.
class VersionsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachReadsWhatIsItsOwn_data();
    void eachReadsWhatIsItsOwn();
    void builtWithoutTheSdkTheSecondReadsWhatIsTheFirsts();
    void theHostRefusesThoseThatAreBuiltWithoutTheSdk();
};

void VersionsTest::eachReadsWhatIsItsOwn_data()
{
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("second");
    QTest::newRow("upgrade") << u"1.0.0"_s << u"2.0.0"_s;
    QTest::newRow("rollback") << u"2.0.0"_s << u"1.0.0"_s;
    QTest::newRow("the same again") << u"2.0.0"_s << u"2.0.0"_s;
}

void VersionsTest::eachReadsWhatIsItsOwn()
{
    QFETCH(const QString, first);
    QFETCH(const QString, second);
    const Loaded before(first);
    QCOMPARE(before.ask(), first.toLatin1());
    const Loaded after(second);
    QCOMPARE(after.ask(), second.toLatin1());
    QCOMPARE(before.ask(), first.toLatin1());
}

/// What the flags of quoin_add_plugin() are good for. g++ marks statics of templates as STB_GNU_UNIQUE, and the dynamic
/// linker has each of that name only once in a process, whoever loads it (RTLD_LOCAL or not). The larger one first: the
/// other way round the second writes past the end of what is the first's, and the process ends.
void VersionsTest::builtWithoutTheSdkTheSecondReadsWhatIsTheFirsts()
{
#ifdef __clang__
    QSKIP("clang makes no unique symbols");
#elif defined(__SANITIZE_ADDRESS__)
    QSKIP("the sanitizer ends the process where one definition has two sizes");
#endif
    const Loaded first(u"plain-2.0.0"_s);
    QCOMPARE(first.ask(), "2.0.0");
    const Loaded second(u"plain-1.0.0"_s);
    QCOMPARE(second.ask(), "settings of 2.0.0");
}

void VersionsTest::theHostRefusesThoseThatAreBuiltWithoutTheSdk()
{
#ifdef __clang__
    QSKIP("clang makes no unique symbols");
#endif
    const auto fault = lint(DropFolder::plugin(u"versions/plain-2.0.0/changing"_s));
    QVERIFY(fault);
    QVERIFY2(fault->reason.contains(u" unique symbols, which are shared with every other library: "_s),
             qPrintable(fault->reason));
}

QTEST_GUILESS_MAIN(VersionsTest)
#include "tst_versions.moc"
