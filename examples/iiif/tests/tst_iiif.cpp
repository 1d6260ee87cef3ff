// SPDX-License-Identifier: MIT
#include "scene.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

/// How the routes answer and refuse, through the host's own parser, router and pool.
class TestIiif final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aParameterThatCannotBeIsNamed_data();
    void aParameterThatCannotBeIsNamed();
    void whatIsNotAnImageOfTheFolderIsNotFound_data();
    void whatIsNotAnImageOfTheFolderIsNotFound();
    void aNameMayHoldWhatAnAddressCannot();
    void aDamagedImageIsTheServersFault();

    void infoSaysWhatTheImageIs();
    void infoListsOnlySizesThatAreServed();
    void infoIsJsonLdForThoseWhoAskForIt_data();
    void infoIsJsonLdForThoseWhoAskForIt();
    void theBaseLeadsToInfo();
    void addressesBeginAsTheOperatorSays();
    void anAnswerNamesItsCanonicalAddressAndProfile();
    void whoHasTheAnswerGetsA304UntilTheFileChanges();
    void headTellsTheSameWithoutTheBody();
    void anAnswerIsKeptAndMadeAnewIfItIsDamaged();
    void aFolderThatIsAwayIsUnavailable();

    void aSourceTooLargeIsRefused();
    void aResultTooLargeIsRefusedAndMaxIsTheLargest();
    void aFrameTooLargeIsRefused();
    void settingsThatCannotBeRefuseToStart();
};

void TestIiif::aParameterThatCannotBeIsNamed_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QByteArray>("named");
    const auto row = [](const char *title, const char *address, const char *named) {
        QTest::newRow(title) << QByteArray(address) << QByteArray(named);
    };
    row("no region", "all/full/0/default.jpg", "region");
    row("three numbers", "0,0,10/full/0/default.jpg", "region");
    row("negative", "-1,0,10,10/full/0/default.jpg", "region");
    row("a fraction of a pixel", "0.5,0,10,10/full/0/default.jpg", "region");
    row("outside", "60,0,10,10/full/0/default.jpg", "region");
    row("outside in percent", "pct:100,0,10,10/full/0/default.jpg", "region");
    row("no width", "0,0,0,10/full/0/default.jpg", "region");
    row("less than a pixel", "pct:0,0,0.1,10/full/0/default.jpg", "region");
    row("beyond numbers", "0,0,9999999999999999999,1/full/0/default.jpg", "region");
    row("exponent", "pct:0,0,1e1,10/full/0/default.jpg", "region");
    row("no size", "full/big/0/default.jpg", "size");
    row("only a comma", "full/,/0/default.jpg", "size");
    row("zero", "full/0,/0/default.jpg", "size");
    row("nothing left", "full/pct:0.1/0/default.jpg", "size");
    row("confined by nothing", "full/!0,5/0/default.jpg", "size");
    row("negative size", "full/-5,/0/default.jpg", "size");
    row("too wide", "full/65501,1/0/default.jpg", "size");
    row("too many pixels", "full/65500,65500/0/default.jpg", "size");
    row("far too many", "full/pct:999999999999999/0/default.jpg", "size");
    row("no rotation", "full/full/left/default.jpg", "rotation");
    row("past a turn", "full/full/360.5/default.jpg", "rotation");
    row("backwards", "full/full/-90/default.jpg", "rotation");
    row("mirrored twice", "full/full/!!0/default.jpg", "rotation");
    row("no quality", "full/full/0/grey.jpg", "quality");
    row("no format", "full/full/0/default", "format");
    row("empty format", "full/full/0/default.", "format");
    row("format not written", "full/full/0/default.pdf", "format");
    row("a line end", "full/full/0%0A/default.jpg", "rotation");
}

void TestIiif::aParameterThatCannotBeIsNamed()
{
    QFETCH(const QByteArray, address);
    QFETCH(const QByteArray, named);
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());

    const auto response = scene.get("/iiif/p.png/" + address);
    QCOMPARE(response.status, 400);
    QCOMPARE(response.header("Content-Type"), QByteArray("application/problem+json"));
    QCOMPARE(response.header("Access-Control-Allow-Origin"), QByteArray("*"));
    const QString detail = QJsonDocument::fromJson(response.body)[u"detail"_s].toString();
    QVERIFY2(detail.startsWith(u"The "_s + QString::fromLatin1(named) + u" \""_s), qPrintable(detail));
}

void TestIiif::whatIsNotAnImageOfTheFolderIsNotFound_data()
{
    QTest::addColumn<QByteArray>("identifier");
    QTest::newRow("unknown") << QByteArray("other.png");
    QTest::newRow("another letter case") << QByteArray("P.PNG");
    QTest::newRow("the folder") << QByteArray("%2E");
    QTest::newRow("the parent") << QByteArray("%2E%2E");
    QTest::newRow("a path out") << QByteArray("%2E%2E%2Fsecret.png");
    QTest::newRow("a path in") << QByteArray("deep%2Fp.png");
    QTest::newRow("an absolute path") << QByteArray("%2Fetc%2Fpasswd");
    QTest::newRow("a hidden file") << QByteArray(".hidden.png");
    QTest::newRow("a link out") << QByteArray("out.png");
    QTest::newRow("a link within") << QByteArray("within.png");
    QTest::newRow("a folder") << QByteArray("deep");
    QTest::newRow("a pipe") << QByteArray("pipe.png");
    QTest::newRow("no image") << QByteArray("text.png");
    QTest::newRow("nothing in it") << QByteArray("empty.png");
    QTest::newRow("a NUL") << QByteArray("p.png%00");
    QTest::newRow("a very long name") << QByteArray(300, 'a');
    QTest::newRow("not UTF-8") << QByteArray("%FF%FE.png");
}

void TestIiif::whatIsNotAnImageOfTheFolderIsNotFound()
{
    QFETCH(const QByteArray, identifier);
    Scene scene;
    QTemporaryDir outside;
    QVERIFY(picture().save(outside.filePath(u"secret.png"_s)) && QDir(scene.folder()).mkdir(u"deep"_s));
    QVERIFY(scene.put(u"p.png"_s, picture()) && scene.put(u".hidden.png"_s, picture())
            && scene.put(u"deep/p.png"_s, picture()));
    QVERIFY(scene.put(u"text.png"_s, QByteArray("this is text")) && scene.put(u"empty.png"_s, QByteArray()));
    QVERIFY(QFile::link(outside.filePath(u"secret.png"_s), scene.path(u"out.png"_s)));
    QVERIFY(QFile::link(scene.path(u"p.png"_s), scene.path(u"within.png"_s)));
    QCOMPARE(::mkfifo(QFile::encodeName(scene.path(u"pipe.png"_s)).constData(), 0600), 0);
    QVERIFY2(scene.start(), scene.fault());

    for (const char *rest : {"", "/info.json", "/full/full/0/default.png"}) {
        const auto response = scene.get("/iiif/" + identifier + rest);
        QVERIFY2(response.status == 404 || (response.status == 400 && identifier.contains("%00")),
                 response.body.constData());
    }
}

void TestIiif::aNameMayHoldWhatAnAddressCannot()
{
    Scene scene;
    const QString name = u"Blatt 1? #ü%.png"_s;
    QVERIFY(scene.put(name, picture()));
    QVERIFY2(scene.start(), scene.fault());

    const QByteArray encoded = "Blatt%201%3F%20%23%C3%BC%25.png";
    QCOMPARE(scene.image(encoded + "/full/full/0/default.png").size(), QSize(60, 40));
    const auto info = QJsonDocument::fromJson(scene.get("/iiif/" + encoded + "/info.json").body);
    QCOMPARE(info[u"@id"_s].toString(), u"http://localhost/iiif/"_s + QString::fromLatin1(encoded));
}

void TestIiif::aDamagedImageIsTheServersFault()
{
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, photograph()));
    QFile file(scene.path(u"p.png"_s));
    QVERIFY(file.resize(file.size() / 3));
    QVERIFY2(scene.start(), scene.fault());

    const auto response = scene.get("/iiif/p.png/full/full/0/default.png");
    QCOMPARE(response.status, 500);
    QVERIFY(!response.body.contains("p.png")); // that is for the log
}

void TestIiif::infoSaysWhatTheImageIs()
{
    Scene scene;
    QVERIFY(scene.put(u"p.jpg"_s, QImage(3000, 1500, QImage::Format_RGB32)));
    QVERIFY2(scene.start(), scene.fault());

    const auto response = scene.get("/iiif/p.jpg/info.json", {{"Host", "images.example.org:8080"}});
    QCOMPARE(response.status, 200);
    QCOMPARE(response.header("Content-Type"), QByteArray("application/json"));
    QCOMPARE(response.header("Access-Control-Allow-Origin"), QByteArray("*"));
    QCOMPARE(response.header("Vary"), QByteArray("Accept"));
    const auto info = QJsonDocument::fromJson(response.body).object();
    QCOMPARE(info[u"@context"_s].toString(), u"http://iiif.io/api/image/2/context.json"_s);
    QCOMPARE(info[u"@id"_s].toString(), u"http://images.example.org:8080/iiif/p.jpg"_s);
    QCOMPARE(info[u"protocol"_s].toString(), u"http://iiif.io/api/image"_s);
    QCOMPARE(info[u"width"_s].toInt(), 3000);
    QCOMPARE(info[u"height"_s].toInt(), 1500);
    QCOMPARE(info[u"profile"_s][0].toString(), u"http://iiif.io/api/image/2/level2.json"_s);
    QCOMPARE(info[u"profile"_s][1][u"maxArea"_s].toInt(), 25'000'000);
    QCOMPARE(info[u"profile"_s][1][u"maxWidth"_s].toInt(), 65'500);
    QCOMPARE(info[u"tiles"_s][0][u"width"_s].toInt(), 512);
    QCOMPARE(info[u"tiles"_s][0][u"scaleFactors"_s].toArray(), (QJsonArray{1, 2, 4, 8}));
    QCOMPARE(info[u"sizes"_s][0].toObject(), (QJsonObject{{u"width"_s, 375}, {u"height"_s, 188}}));
}

void TestIiif::infoListsOnlySizesThatAreServed()
{
    Scene scene;
    scene.host().set(u"largest_result"_s, u"300000"_s);
    QVERIFY(scene.put(u"p.jpg"_s, QImage(1600, 1200, QImage::Format_RGB32)));
    QVERIFY2(scene.start(), scene.fault());

    const auto info = QJsonDocument::fromJson(scene.get("/iiif/p.jpg/info.json").body);
    const QJsonArray sizes = info[u"sizes"_s].toArray();
    QCOMPARE(sizes.size(), 1);
    for (const QJsonValue size : sizes) {
        const QByteArray width = QByteArray::number(size[u"width"_s].toInt());
        const QByteArray height = QByteArray::number(size[u"height"_s].toInt());
        const QSize expected(size[u"width"_s].toInt(), size[u"height"_s].toInt());
        QCOMPARE(scene.image("p.jpg/full/" + width + ",/0/default.jpg").size(), expected);
        QCOMPARE(scene.image("p.jpg/full/" + width + "," + height + "/0/default.jpg").size(), expected);
    }
}

void TestIiif::infoIsJsonLdForThoseWhoAskForIt_data()
{
    QTest::addColumn<QByteArray>("accept");
    QTest::addColumn<QByteArray>("type");
    QTest::newRow("named") << QByteArray("application/ld+json") << QByteArray("application/ld+json");
    QTest::newRow("among others") << QByteArray("text/html, Application/LD+JSON;q=0.5")
                                  << QByteArray("application/ld+json");
    QTest::newRow("ruled out") << QByteArray("application/ld+json;q=0.0, */*") << QByteArray("application/json");
    QTest::newRow("anything") << QByteArray("*/*") << QByteArray("application/json");
    QTest::newRow("something else") << QByteArray("text/html") << QByteArray("application/json");
}

void TestIiif::infoIsJsonLdForThoseWhoAskForIt()
{
    QFETCH(const QByteArray, accept);
    QFETCH(const QByteArray, type);
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());
    QCOMPARE(scene.get("/iiif/p.png/info.json", {{"Accept", accept}}).header("Content-Type"), type);
}

void TestIiif::theBaseLeadsToInfo()
{
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());
    const auto response = scene.get("/iiif/p.png");
    QCOMPARE(response.status, 303);
    QCOMPARE(response.header("Location"), QByteArray("http://localhost/iiif/p.png/info.json"));
    QCOMPARE(response.header("Access-Control-Allow-Origin"), QByteArray("*"));
}

void TestIiif::addressesBeginAsTheOperatorSays()
{
    Scene scene;
    scene.host().set(u"url"_s, u"https://archive.example.org/media/"_s);
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());
    QCOMPARE(scene.get("/iiif/p.png").header("Location"),
             QByteArray("https://archive.example.org/media/iiif/p.png/info.json"));
}

void TestIiif::anAnswerNamesItsCanonicalAddressAndProfile()
{
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());

    const auto response = scene.get("/iiif/p.png/0,0,60,40/!30,30/!90.0/color.jpg");
    QCOMPARE(response.status, 200);
    QCOMPARE(response.header("Access-Control-Allow-Origin"), QByteArray("*"));
    QVERIFY(response.headers.contains(
        {"Link", "<http://localhost/iiif/p.png/full/30,/!90/default.jpg>;rel=\"canonical\""}));
    QVERIFY(response.headers.contains({"Link", "<http://iiif.io/api/image/2/level2.json>;rel=\"profile\""}));
    QCOMPARE(scene.get("/iiif/p.png/full/30,/!90/default.jpg").body, response.body);
}

void TestIiif::whoHasTheAnswerGetsA304UntilTheFileChanges()
{
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());

    for (const QByteArray target : {"/iiif/p.png/full/full/0/default.png", "/iiif/p.png/info.json"}) {
        const QByteArray tag = scene.get(target).header("ETag");
        QVERIFY(tag.startsWith('"') && tag.endsWith('"') && tag.size() > 2);
        const auto same = scene.get(target, {{"If-None-Match", "\"x\", W/" + tag}});
        QCOMPARE(same.status, 304);
        QCOMPARE(same.body, QByteArray());
        QCOMPARE(same.header("ETag"), tag);
        QVERIFY(!same.header("Cache-Control").isEmpty());
        QCOMPARE(scene.get(target, {{"If-None-Match", "\"x\""}}).status, 200);
    }
    const QByteArray target = "/iiif/p.png/full/full/0/default.png";
    const auto before = scene.get(target);
    QVERIFY(scene.put(u"p.png"_s, picture().mirrored()));
    const auto after = scene.get(target, {{"If-None-Match", before.header("ETag")}});
    QCOMPARE(after.status, 200);
    QVERIFY(after.body != before.body);
}

void TestIiif::headTellsTheSameWithoutTheBody()
{
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());
    const auto get = scene.get("/iiif/p.png/full/full/0/default.png");
    const auto head = scene.host().request("HEAD", "/iiif/p.png/full/full/0/default.png");
    QCOMPARE(head.status, 200);
    QCOMPARE(head.body, QByteArray());
    QCOMPARE(head.header("ETag"), get.header("ETag"));
    QCOMPARE(head.header("Content-Length"), QByteArray::number(get.body.size()));
}

void TestIiif::anAnswerIsKeptAndMadeAnewIfItIsDamaged()
{
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());
    const QByteArray answer = scene.get("/iiif/p.png/full/30,/0/default.png").body;
    QCOMPARE(scene.get("/iiif/p.png/full/30,20/0/color.png").body, answer); // the same by another name

    QDirIterator files(scene.host().pluginDataDirectory() + u"/cache"_s, QDir::Files, QDirIterator::Subdirectories);
    QVERIFY(files.hasNext());
    QFile kept(files.next());
    QVERIFY(!files.hasNext());
    QVERIFY(kept.open(QIODevice::ReadWrite));
    const QByteArray whole = kept.readAll();
    QVERIFY(whole.endsWith(answer));
    QVERIFY(kept.seek(whole.size() / 2) && kept.write("damage") == 6);
    kept.close();

    QCOMPARE(scene.get("/iiif/p.png/full/30,/0/default.png").body, answer);
    QVERIFY(kept.open(QIODevice::ReadOnly));
    QCOMPARE(kept.readAll(), whole);
}

void TestIiif::aFolderThatIsAwayIsUnavailable()
{
    Scene scene;
    const QString folder = scene.path(u"mounted"_s);
    scene.host().set(u"images"_s, folder);
    QVERIFY2(scene.start(), scene.fault());
    QVERIFY(scene.put(u"mounted/p.png"_s, picture()));
    QVERIFY(QDir().rename(folder, folder + u".away"_s));
    QCOMPARE(scene.get("/iiif/p.png/info.json").status, 503);
    QVERIFY(QDir().rename(folder + u".away"_s, folder));
    QCOMPARE(scene.get("/iiif/p.png/info.json").status, 200);
}

void TestIiif::aSourceTooLargeIsRefused()
{
    Scene scene;
    scene.host().set(u"largest_source"_s, u"2399"_s);
    QVERIFY(scene.put(u"p.png"_s, picture()) && scene.put(u"small.png"_s, picture().copy(0, 0, 59, 40)));
    QVERIFY2(scene.start(), scene.fault());
    QCOMPARE(scene.get("/iiif/p.png/0,0,1,1/full/0/default.png").status, 403);
    QCOMPARE(scene.get("/iiif/p.png/info.json").status, 403);
    QVERIFY(scene.get("/iiif/p.png/info.json").body.contains("iiif.largest_source"));
    QCOMPARE(scene.get("/iiif/small.png/0,0,1,1/full/0/default.png").status, 200);
}

void TestIiif::aResultTooLargeIsRefusedAndMaxIsTheLargest()
{
    Scene scene;
    scene.host().set(u"largest_result"_s, u"262144"_s);
    QVERIFY(scene.put(u"p.jpg"_s, QImage(1200, 600, QImage::Format_RGB32)));
    QVERIFY2(scene.start(), scene.fault());

    QCOMPARE(scene.get("/iiif/p.jpg/full/full/0/default.jpg").status, 400);
    const QSize max = scene.image("p.jpg/full/max/0/default.jpg").size();
    QVERIFY(max.width() * max.height() <= 262'144 && max.width() * max.height() > 260'000);
    QCOMPARE(scene.image("p.jpg/0,0,512,512/max/0/default.jpg").size(), QSize(512, 512));
    QCOMPARE(scene.get("/iiif/p.jpg/full/513,512/0/default.jpg").status, 400);
    QCOMPARE(scene.get("/iiif/p.jpg/full/512,512/0/default.jpg").status, 200);
}

void TestIiif::aFrameTooLargeIsRefused()
{
    Scene scene;
    scene.host().set(u"largest_result"_s, u"262144"_s);
    QVERIFY(scene.put(u"p.jpg"_s, photograph()));
    QVERIFY2(scene.start(), scene.fault());
    QCOMPARE(scene.get("/iiif/p.jpg/full/512,512/90/default.jpg").status, 200);
    const auto refused = scene.get("/iiif/p.jpg/full/512,512/45/default.jpg");
    QCOMPARE(refused.status, 400);
    QVERIFY(refused.body.contains("rotation"));
}

void TestIiif::settingsThatCannotBeRefuseToStart()
{
    Scene scene;
    scene.host().set(u"url"_s, u"archive.example.org"_s);
    QVERIFY(!scene.start());
    QVERIFY2(QByteArray(scene.fault()).contains("iiif.url"), scene.fault());

    QVERIFY(scene.put(u"file"_s, QByteArray("in the way")));
    scene.host().set(u"url"_s, QString());
    scene.host().set(u"images"_s, scene.path(u"file"_s));
    QVERIFY(!scene.start());
    QVERIFY2(QByteArray(scene.fault()).contains("iiif.images"), scene.fault());
}

QTEST_GUILESS_MAIN(TestIiif)
#include "tst_iiif.moc"
