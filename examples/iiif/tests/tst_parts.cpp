// SPDX-License-Identifier: MIT
#include "conditional.h"
#include "studio.h"

#include <QDateTime>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <barrier>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;

/// What stands behind the routes: addresses, the cache, and work that several ask for at once.
class TestParts final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSameThingHasOneCanonicalAddress_data();
    void theSameThingHasOneCanonicalAddress();
    void aCanonicalAddressIsItsOwn_data() { theSameThingHasOneCanonicalAddress_data(); }
    void aCanonicalAddressIsItsOwn();
    void anEntityTagIsFoundAmongOthers_data();
    void anEntityTagIsFoundAmongOthers();

    void whatWasKeptIsFound();
    void whatIsNotWholeIsNotFound_data();
    void whatIsNotWholeIsNotFound();
    void theLeastRecentlyUsedGoesFirst();
    void whatAnotherProcessKeptCountsAsWell();
    void withoutSpaceNothingIsKept();

    void manyWhoAskForTheSameGetOneRendering();
    void manyWhoAskForDifferentThingsGetTheirs();
    void aFailureIsToldToEverybodyAndTriedAgain();
};

namespace {

/// A file of so many bytes with the digest.
constexpr qint64 entryBytes = 1000;
const QByteArray content(char letter) { return QByteArray(entryBytes - 32, letter); }
const QByteArray key(char letter) { return QByteArray(64, letter); }

QString pathOf(const QTemporaryDir &folder, char letter)
{
    const QString name = QString::fromLatin1(key(letter));
    return folder.filePath(name.first(2) + u'/' + name.sliced(2));
}

bool setUsed(const QTemporaryDir &folder, char letter, int secondsAgo)
{
    QFile file(pathOf(folder, letter));
    return file.open(QIODevice::ReadWrite)
        && file.setFileTime(QDateTime::currentDateTimeUtc().addSecs(-secondsAgo), QFileDevice::FileModificationTime);
}

quoin::Result<iiif::Rendering> resolved(const QByteArray &address, QSize image)
{
    const auto parts = QString::fromUtf8(address).split(u'/');
    const auto request = iiif::ImageRequest::parse(parts[0], parts[1], parts[2], parts[3]);
    return request ? iiif::Rendering::resolve(*request, image, {}) : request.error();
}

const QLoggingCategory &log()
{
    static const QLoggingCategory category("iiif.test");
    return category;
}

} // namespace

void TestParts::theSameThingHasOneCanonicalAddress_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QByteArray>("canonical");
    const auto row = [](const char *title, const char *address, const char *canonical) {
        QTest::newRow(title) << QByteArray(address) << QByteArray(canonical);
    };
    row("itself", "full/full/0/default.jpg", "full/full/0/default.jpg");
    row("all of it in pixels", "0,0,300,200/full/0/default.jpg", "full/full/0/default.jpg");
    row("all of it in percent", "pct:0,0,100,100/max/0/default.jpg", "full/full/0/default.jpg");
    row("the specification's region", "pct:41.6,7.5,40,70/full/0/default.jpg", "125,15,120,140/full/0/default.jpg");
    row("and over the edge", "pct:41.6,7.5,66.6,100/full/0/default.jpg", "125,15,175,185/full/0/default.jpg");
    row("square", "square/full/0/default.jpg", "50,0,200,200/full/0/default.jpg");
    row("by width", "full/150,/0/default.jpg", "full/150,/0/default.jpg");
    row("by height", "full/,100/0/default.jpg", "full/150,/0/default.jpg");
    row("by percent", "full/pct:50.000/0/default.jpg", "full/150,/0/default.jpg");
    row("the specification's confined", "full/!225,100/0/default.jpg", "full/150,/0/default.jpg");
    row("both, in shape", "full/150,100/0/default.jpg", "full/150,/0/default.jpg");
    row("both, distorted", "full/225,100/0/default.jpg", "full/225,100/0/default.jpg");
    row("a whole turn", "full/full/360/default.jpg", "full/full/0/default.jpg");
    row("zeros at the end", "full/full/22.500/default.jpg", "full/full/22.5/default.jpg");
    row("zeros in front", "full/full/!090.0/default.jpg", "full/full/!90/default.jpg");
    row("below one", "full/full/0.5/default.jpg", "full/full/0.5/default.jpg");
    row("color", "full/full/0/color.png", "full/full/0/default.png");
    row("gray", "full/full/0/gray.png", "full/full/0/gray.png");
}

void TestParts::theSameThingHasOneCanonicalAddress()
{
    QFETCH(const QByteArray, address);
    QFETCH(const QByteArray, canonical);
    const auto rendering = resolved(address, QSize(300, 200));
    QVERIFY2(rendering, qPrintable(rendering.error().message()));
    QCOMPARE(rendering->canonical, canonical);
}

void TestParts::aCanonicalAddressIsItsOwn()
{
    QFETCH(const QByteArray, address);
    for (const QSize image : {QSize(300, 200), QSize(299, 201), QSize(77, 513), QSize(200, 200)}) {
        const auto once = resolved(address, image);
        if (!once) // a region of one image may lie outside of another
            continue;
        const auto twice = resolved(once->canonical, image);
        QVERIFY2(twice, qPrintable(twice.error().message()));
        QCOMPARE(twice->canonical, once->canonical);
        QCOMPARE(twice->region, once->region);
        QCOMPARE(twice->size, once->size);
    }
}

void TestParts::anEntityTagIsFoundAmongOthers_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<bool>("isThere");
    QTest::newRow("none") << QByteArray() << false;
    QTest::newRow("it") << QByteArray("\"abc\"") << true;
    QTest::newRow("any") << QByteArray(" * ") << true;
    QTest::newRow("weak") << QByteArray("W/\"abc\"") << true;
    QTest::newRow("the last") << QByteArray("\"x\" ,\"abc\"") << true;
    QTest::newRow("without quotes") << QByteArray("abc") << false;
    QTest::newRow("a part of it") << QByteArray("\"ab\"") << false;
}

void TestParts::anEntityTagIsFoundAmongOthers()
{
    QFETCH(const QByteArray, header);
    QTEST(iiif::isAlreadyThere(header, "\"abc\""), "isThere");
}

void TestParts::whatWasKeptIsFound()
{
    QTemporaryDir folder;
    iiif::ResultCache cache(folder.path(), 10'000);
    QVERIFY(cache.open());
    QVERIFY(!cache.find(key('a')));
    QVERIFY(cache.insert(key('a'), content('a')));
    QCOMPARE(cache.find(key('a')), content('a'));
    QVERIFY(cache.insert(key('a'), content('b')));
    QCOMPARE(cache.find(key('a')), content('b'));

    iiif::ResultCache next(folder.path(), 10'000);
    QVERIFY(next.open());
    QCOMPARE(next.find(key('a')), content('b'));
}

void TestParts::whatIsNotWholeIsNotFound_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::newRow("nothing in it") << QByteArray();
    QTest::newRow("less than a digest") << QByteArray(31, 'x');
    QTest::newRow("only a digest") << QByteArray(32, 'x');
    QTest::newRow("another content") << QByteArray(1000, 'x');
}

void TestParts::whatIsNotWholeIsNotFound()
{
    QFETCH(const QByteArray, file);
    QTemporaryDir folder;
    iiif::ResultCache cache(folder.path(), 10'000);
    QVERIFY(cache.open() && cache.insert(key('a'), content('a')));
    QFile kept(pathOf(folder, 'a'));
    QVERIFY(kept.open(QIODevice::WriteOnly) && kept.write(file) == file.size());
    kept.close();

    QVERIFY(!cache.find(key('a')));
    QVERIFY(!kept.exists());
    QVERIFY(cache.insert(key('a'), content('a')));
    QCOMPARE(cache.find(key('a')), content('a'));
}

void TestParts::theLeastRecentlyUsedGoesFirst()
{
    QTemporaryDir folder;
    iiif::ResultCache cache(folder.path(), 4 * entryBytes);
    QVERIFY(cache.open());
    int age = 400;
    for (const char letter : {'a', 'b', 'c', 'd'}) {
        QVERIFY(cache.insert(key(letter), content(letter)));
        QVERIFY(setUsed(folder, letter, age -= 50));
    }
    QVERIFY(cache.find(key('a'))); // the oldest, and now the last used

    QVERIFY(cache.insert(key('e'), content('e')));
    QVERIFY(!cache.find(key('b')));
    QVERIFY(!cache.find(key('c'))); // a little more than needed goes, so that the next finds room
    for (const char letter : {'a', 'd', 'e'})
        QCOMPARE(cache.find(key(letter)), content(letter));
}

void TestParts::whatAnotherProcessKeptCountsAsWell()
{
    QTemporaryDir folder;
    iiif::ResultCache one(folder.path(), 4 * entryBytes);
    iiif::ResultCache other(folder.path(), 4 * entryBytes);
    QVERIFY(one.open() && other.open());
    for (const char letter : {'a', 'b', 'c'})
        QVERIFY(one.insert(key(letter), content(letter)) && setUsed(folder, letter, 100));
    for (const char letter : {'d', 'e', 'f'})
        QVERIFY(other.insert(key(letter), content(letter)));
    int kept = 0;
    for (const char letter : {'a', 'b', 'c', 'd', 'e', 'f'})
        kept += QFile::exists(pathOf(folder, letter));
    QCOMPARE_LE(kept, 4);
    QVERIFY(one.find(key('f')));
}

void TestParts::withoutSpaceNothingIsKept()
{
    QTemporaryDir folder;
    iiif::ResultCache full(folder.path(), 10'000);
    QVERIFY(full.open() && full.insert(key('a'), content('a')));
    iiif::ResultCache none(folder.path(), 0);
    QVERIFY(none.open() && none.insert(key('b'), content('b')));
    QVERIFY(!QFile::exists(pathOf(folder, 'a')));
    QVERIFY(!none.find(key('b')));
}

void TestParts::manyWhoAskForTheSameGetOneRendering()
{
    QTemporaryDir folder;
    QImage image(400, 300, QImage::Format_RGB32);
    image.fill(Qt::darkCyan);
    QVERIFY(image.save(folder.filePath(u"p.png"_s)));
    iiif::Studio studio({}, folder.filePath(u"cache"_s), 1'000'000, log());
    QVERIFY(studio.open());
    const auto rendering = resolved("full/200,/90/gray.png", image.size());
    QVERIFY(rendering);

    constexpr int threads = 8;
    std::barrier start(threads);
    std::vector<QByteArray> answers(threads);
    {
        std::vector<std::jthread> all;
        for (QByteArray &answer : answers) {
            all.emplace_back([&] {
                auto source = iiif::SourceImage::open(folder.path(), "p.png");
                start.arrive_and_wait();
                if (auto result = studio.answer(**source, *rendering))
                    answer = *result;
            });
        }
    }
    QCOMPARE(QImage::fromData(answers.front()).size(), QSize(150, 200));
    for (const QByteArray &answer : answers)
        QCOMPARE(answer, answers.front());
    QCOMPARE(studio.made(), 1);
}

void TestParts::manyWhoAskForDifferentThingsGetTheirs()
{
    QTemporaryDir folder;
    QImage image(400, 300, QImage::Format_RGB32);
    image.fill(Qt::darkCyan);
    QVERIFY(image.save(folder.filePath(u"p.png"_s)));
    iiif::Limits limits;
    limits.source = 130'000; // one at a time
    iiif::Studio studio(limits, folder.filePath(u"cache"_s), 0, log());
    QVERIFY(studio.open());

    constexpr int threads = 8;
    std::vector<QSize> sizes(threads);
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < threads; ++i) {
            all.emplace_back([&, i] {
                auto source = iiif::SourceImage::open(folder.path(), "p.png");
                const auto rendering = resolved("full/" + QByteArray::number(4 * (i + 1)) + ",/0/default.png",
                                                image.size());
                if (auto result = studio.answer(**source, *rendering))
                    sizes[static_cast<std::size_t>(i)] = QImage::fromData(*result).size();
            });
        }
    }
    for (int i = 0; i < threads; ++i)
        QCOMPARE(sizes[static_cast<std::size_t>(i)], QSize(4 * (i + 1), 3 * (i + 1)));
    QCOMPARE(studio.made(), threads);
}

void TestParts::aFailureIsToldToEverybodyAndTriedAgain()
{
    iiif::SharedWork work;
    constexpr int threads = 8;
    std::barrier start(threads);
    std::atomic<int> failures = 0;
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < threads; ++i) {
            all.emplace_back([&] {
                start.arrive_and_wait();
                failures += !work.run("key", []() -> iiif::SharedWork::Outcome { throw std::bad_alloc(); });
            });
        }
    }
    QCOMPARE(failures.load(), threads);
    QCOMPARE(*work.run("key", []() -> iiif::SharedWork::Outcome { return QByteArray("made"); }), QByteArray("made"));
}

QTEST_GUILESS_MAIN(TestParts)
#include "tst_parts.moc"
