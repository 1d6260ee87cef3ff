// SPDX-License-Identifier: GPL-3.0-only
#include "buildwatch.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;

/// What a linker does to a build folder, and what quoin plugin dev sees of it.
class BuildWatchTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasThereBeforeIsNoNews();
    void aLibraryIsSeenWhenItIsWhole_data();
    void aLibraryIsSeenWhenItIsWhole();
    void writtenTwiceInARowItIsToldOnce();
    void aSignatureIsNewsOfItsLibrary();
    void aFolderThatIsNoneIsNamed();
};

namespace {

void write(const QString &path, const QByteArray &bytes = "x")
{
    QFile file(path);
    QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(path));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

void BuildWatchTest::whatWasThereBeforeIsNoNews()
{
    const QTemporaryDir place;
    write(place.filePath(u"old.so"_s));
    const auto watch = BuildWatch::open(place.path());
    QVERIFY(watch);
    QSignalSpy built(watch->get(), &BuildWatch::built);
    write(place.filePath(u"new.so"_s));
    QVERIFY(built.wait(testPatience));
    QCOMPARE(built.size(), 1);
    QCOMPARE(built.first().first().toString(), place.filePath(u"new.so"_s));
}

void BuildWatchTest::aLibraryIsSeenWhenItIsWhole_data()
{
    QTest::addColumn<QString>("folder"); // made after the watch began
    QTest::addColumn<QString>("before"); // the name under which it is written; empty: its own
    QTest::newRow("written") << u""_s << u""_s;
    QTest::newRow("renamed") << u""_s << u"a.so.tmp"_s;
    QTest::newRow("in a new folder") << u"/sub"_s << u""_s;
    QTest::newRow("deep in new folders") << u"/one/two/three"_s << u"a.o"_s;
}

void BuildWatchTest::aLibraryIsSeenWhenItIsWhole()
{
    QFETCH(const QString, folder);
    QFETCH(const QString, before);
    const QTemporaryDir place;
    const auto watch = BuildWatch::open(place.path());
    QVERIFY(watch);
    QSignalSpy built(watch->get(), &BuildWatch::built);
    const QString where = place.path() + folder;
    QVERIFY(QDir().mkpath(where));
    const QString path = where + u"/a.so"_s;
    write(before.isEmpty() ? path : where + u'/' + before);
    if (!before.isEmpty())
        QVERIFY(QFile::rename(where + u'/' + before, path));
    QTRY_COMPARE(built.size(), 1);
    QCOMPARE(built.first().first().toString(), path);
}

void BuildWatchTest::writtenTwiceInARowItIsToldOnce()
{
    const QTemporaryDir place;
    const auto watch = BuildWatch::open(place.path());
    QVERIFY(watch);
    QSignalSpy built(watch->get(), &BuildWatch::built);
    write(place.filePath(u"a.so"_s), "one");
    write(place.filePath(u"a.so"_s), "two");
    write(place.filePath(u"a.o"_s));
    QVERIFY(built.wait(testPatience));
    write(place.filePath(u"b.so"_s)); // a second round, after which nothing of the first can be on its way
    QVERIFY(built.wait(testPatience));
    QCOMPARE(built.size(), 2);
}

void BuildWatchTest::aSignatureIsNewsOfItsLibrary()
{
    const QTemporaryDir place;
    write(place.filePath(u"a.so"_s));
    const auto watch = BuildWatch::open(place.path());
    QVERIFY(watch);
    QSignalSpy built(watch->get(), &BuildWatch::built);
    write(place.filePath(u"a.so.sig"_s));
    QVERIFY(built.wait(testPatience));
    QCOMPARE(built.size(), 1);
    QCOMPARE(built.first().first().toString(), place.filePath(u"a.so"_s));
}

void BuildWatchTest::aFolderThatIsNoneIsNamed()
{
    const auto watch = BuildWatch::open(u"/nonexistent"_s);
    QVERIFY(!watch);
    QVERIFY(watch.error().message().startsWith(u"/nonexistent is no folder"_s));
}

QTEST_GUILESS_MAIN(BuildWatchTest)
#include "tst_buildwatch.moc"
