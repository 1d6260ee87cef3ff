// SPDX-License-Identifier: GPL-3.0-only
#include <QHash>
#include <QProcess>
#include <QTest>

#include <csignal>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

/// Why no plugin is ever unloaded: what a host still holds of a library that has gone, and what becomes of the host
/// when it uses it. Each case is a process of its own. To be read as a table, and to be tried on every new Qt.
class UnloadTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theHostCrashes_data();
    void theHostCrashes();
    void theHostSurvives_data();
    void theHostSurvives();
    void ofTheHabitsMostAreFatal();
    void unloadingSaysYesAndDoesNothing();
    void aPluginBuiltWithoutFurtherFlagsStays();
    void aPluginOfTheSdkStays();

private:
    struct Outcome
    {
        QByteArrayList lines;
        bool crashed = false;
        int code = 0; ///< The signal if it crashed.

        QByteArray text() const
        {
            return lines.join(" | ") + (crashed ? " | signal " : " | code ") + QByteArray::number(code);
        }
    };

    static Outcome run(const QString &library, const QString &use);
    void runAll();

    QHash<QString, Outcome> m_outcomes;
};

namespace {

const QString unloadable = QStringLiteral(HABITS_UNLOADABLE);

struct Case
{
    QString use;
    const char *why;
};

const std::vector<Case> &fatal()
{
    static const std::vector<Case> cases{
        {u"function, called"_s, "its code is in the library"},
        {u"function, destroyed"_s, "so is what destroys it"},
        {u"continuation"_s, "QFuture keeps a function"},
        {u"concurrent job"_s, "it returns to where nothing is"},
        {u"thread"_s, "it returns to where nothing is"},
        {u"coroutine"_s, "its frame is destroyed by code of the library"},
        {u"lambda on a signal"_s, "without a receiver nothing ends the connection"},
        {u"single shot"_s, "without a context nothing ends the timer"},
        {u"deleteLater"_s, "the destructor is virtual"},
        {u"object"_s, "the destructor is virtual"},
        {u"shared pointer"_s, "the deleter is code"},
        {u"exception"_s, "it keeps the address of the destructor"},
        {u"message handler"_s, "Qt does not know whose it is"},
        {u"post routine"_s, "Qt does not know whose it is"},
        {u"meta object"_s, "it is data of the library"},
        {u"string literal"_s, "QString points into the library; copies do too"},
        {u"object name"_s, "a string literal"},
        {u"hash key"_s, "a string literal"},
        {u"map value"_s, "a string literal"},
        {u"byte array literal"_s, "QByteArray points into the library"},
        {u"pattern"_s, "it is compiled when it is used first"},
        {u"resource"_s, "an open file reads where the bytes are"},
        {u"category, its name read"_s, "a log writer with a queue keeps the pointer"},
        {u"variant"_s, "it points to the library's description of the type"},
        {u"registered type, looked up"_s, "Qt keeps the library's description of the type"},
        {u"registered type, loaded again"_s, "the same, met when the name is registered again"},
        {u"queued struct, looked up"_s, "a queued connection registers the types of its arguments"},
        {u"queued struct, loaded again"_s, "the same, met when the name is registered again"},
    };
    return cases;
}

const std::vector<Case> &harmless()
{
    static const std::vector<Case> cases{
        {u"json"_s, "QJsonObject copies the characters"},
        {u"compiled pattern"_s, "the text is not needed any more"},
        {u"pattern inside"_s, "destroyed with the library"},
        {u"global static"_s, "destroyed with the library"},
        {u"inline static"_s, "destroyed with the library"},
        {u"category, all filtered"_s, "the category's destructor takes it from the register"},
        {u"converter"_s, "a static guard takes it back"},
        {u"event filter"_s, "ends with the object that the loader deletes"},
        {u"child timer"_s, "ends with the object that the loader deletes"},
        {u"own connection"_s, "ends with the receiver"},
        {u"thread storage"_s, "Qt forgets the destructor; the value is leaked"},
        {u"atexit"_s, "runs when the library goes"},
        {u"unregistered type, loaded again"_s, "unregisterMetaType() before unloading is in time"},
    };
    return cases;
}

void addRows(const std::vector<Case> &cases)
{
    QTest::addColumn<QString>("use");
    for (const Case &one : cases)
        QTest::addRow("%s: %s", qPrintable(one.use), one.why) << one.use;
}

void collect(QProcess &process, QByteArrayList *lines)
{
    *lines = process.readAllStandardOutput().split('\n');
    lines->removeAll({});
}

} // namespace

void UnloadTest::initTestCase()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("the sanitizer takes the signals of a crash for itself, and keeps libraries mapped");
#endif
    runAll();
}

/// Four at a time, whatever the order in which they end.
void UnloadTest::runAll()
{
    std::vector<Case> waiting = fatal();
    waiting.insert(waiting.end(), harmless().begin(), harmless().end());
    std::vector<std::unique_ptr<QProcess>> running;
    qsizetype ended = 0;
    const auto all = qsizetype(waiting.size());
    const std::function<void()> next = [&] {
        if (waiting.empty())
            return;
        const QString use = waiting.back().use;
        waiting.pop_back();
        QProcess *process = running.emplace_back(std::make_unique<QProcess>()).get();
        connect(process, &QProcess::finished, this, [&, use, process](int code, QProcess::ExitStatus status) {
            Outcome outcome{{}, status == QProcess::CrashExit, code};
            collect(*process, &outcome.lines);
            m_outcomes.insert(use, outcome);
            ++ended;
            next();
        });
        process->start(QStringLiteral(UNLOADPROGRAM), {unloadable, use});
    };
    for (int i = 0; i < 4; ++i)
        next();
    QTRY_COMPARE_WITH_TIMEOUT(ended, all, 100'000);
}

UnloadTest::Outcome UnloadTest::run(const QString &library, const QString &use)
{
    QProcess process;
    process.start(QStringLiteral(UNLOADPROGRAM), {library, use});
    process.waitForFinished();
    Outcome outcome{{}, process.exitStatus() == QProcess::CrashExit, process.exitCode()};
    collect(process, &outcome.lines);
    return outcome;
}

void UnloadTest::theHostCrashes_data() { addRows(fatal()); }

void UnloadTest::theHostCrashes()
{
    QFETCH(const QString, use);
    const Outcome outcome = m_outcomes.value(use);
    QVERIFY2(outcome.lines.mid(0, 2) == QByteArrayList({"unloaded", "unmapped"}), outcome.text());
    QVERIFY2(outcome.crashed && outcome.code == SIGSEGV, outcome.text());
    // Not of something else.
    QCOMPARE(outcome.lines.last(), "fault where the library was");
}

void UnloadTest::theHostSurvives_data() { addRows(harmless()); }

void UnloadTest::theHostSurvives()
{
    QFETCH(const QString, use);
    const Outcome outcome = m_outcomes.value(use);
    QVERIFY2(!outcome.crashed && outcome.code == 0, outcome.text());
    QVERIFY2(outcome.lines == QByteArrayList({"unloaded", "unmapped", "used", "application ended"}), outcome.text());
}

/// The sum of it, for who reads the log only.
void UnloadTest::ofTheHabitsMostAreFatal()
{
    const auto crashed = std::count_if(m_outcomes.begin(), m_outcomes.end(),
                                       [](const Outcome &one) { return one.crashed; });
    qInfo() << crashed << "of" << m_outcomes.size() << "uses of a library that has gone end the process, with Qt"
            << qVersion();
    QVERIFY(crashed * 2 > m_outcomes.size());
}

/// The default of QPluginLoader is QLibrary::PreventUnloadHint, and it does not say so.
void UnloadTest::unloadingSaysYesAndDoesNothing()
{
    const Outcome outcome = run(unloadable, u"hints"_s);
    QCOMPARE(outcome.lines, QByteArrayList({"unloaded", "mapped", "application ended"}));
}

/// g++ gives templates' statics symbols of the kind STB_GNU_UNIQUE, and glibc never unmaps a library with such. clang
/// has none: the same source goes.
void UnloadTest::aPluginBuiltWithoutFurtherFlagsStays()
{
    const Outcome outcome = run(QStringLiteral(HABITS_DEFAULT), u"no-hints"_s);
#ifdef __clang__
    QCOMPARE(outcome.lines, QByteArrayList({"unloaded", "unmapped", "application ended"}));
#else
    QCOMPARE(outcome.lines, QByteArrayList({"unloaded", "mapped", "application ended"}));
#endif
}

/// quoin_add_plugin() links with -z nodelete: also another host keeps it, whatever hints it gives.
void UnloadTest::aPluginOfTheSdkStays()
{
    const Outcome outcome = run(QStringLiteral(SDK_PLUGIN), u"no-hints"_s);
    QCOMPARE(outcome.lines, QByteArrayList({"unloaded", "mapped", "application ended"}));
}

QTEST_GUILESS_MAIN(UnloadTest)
#include "tst_unload.moc"
