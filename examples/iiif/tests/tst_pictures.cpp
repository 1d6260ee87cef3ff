// SPDX-License-Identifier: MIT
#include "scene.h"

#include "formats.h"

#include <QImageReader>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;

/// What the pictures look like that clients get: each form of each parameter.
class TestPictures final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRegionIsCut_data();
    void aRegionIsCut();
    void aSizeIsScaledTo_data();
    void aSizeIsScaledTo();
    void aJpegIsCutAndScaledWhileItIsDecoded_data();
    void aJpegIsCutAndScaledWhileItIsDecoded();
    void aTurnMovesEachPixelToItsPlace_data();
    void aTurnMovesEachPixelToItsPlace();
    void aSlantedPictureIsWholeOnATransparentOrWhiteFrame();
    void aPhotographIsSeenAsTheCameraWasHeld_data();
    void aPhotographIsSeenAsTheCameraWasHeld();
    void grayKeepsBrightnessAndTransparency();
    void bitonalIsBlackOrWhite();
    void colorIsTheDefault();
    void jpgShowsTransparentPixelsAsWhite();
    void everyFormatOfTheDocumentIsServed();
};

void TestPictures::aRegionIsCut_data()
{
    QTest::addColumn<QByteArray>("region");
    QTest::addColumn<QRect>("expected");
    QTest::newRow("full") << QByteArray("full") << QRect(0, 0, 60, 40);
    QTest::newRow("square, centred") << QByteArray("square") << QRect(10, 0, 40, 40);
    QTest::newRow("pixels") << QByteArray("5,7,20,10") << QRect(5, 7, 20, 10);
    QTest::newRow("one pixel") << QByteArray("59,39,1,1") << QRect(59, 39, 1, 1);
    QTest::newRow("over the edge") << QByteArray("50,30,999999999999,100") << QRect(50, 30, 10, 10);
    QTest::newRow("percent") << QByteArray("pct:10,10,50,50") << QRect(6, 4, 30, 20);
    QTest::newRow("percent with decimals") << QByteArray("pct:12.5,12.5,2.5,50.0") << QRect(8, 5, 2, 20);
    QTest::newRow("percent over the edge") << QByteArray("pct:50,50,66.6,100") << QRect(30, 20, 30, 20);
    QTest::newRow("percent, the last pixel") << QByteArray("pct:99.9,99.9,5,5") << QRect(59, 39, 1, 1);
}

void TestPictures::aRegionIsCut()
{
    QFETCH(const QByteArray, region);
    QFETCH(const QRect, expected);
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());

    QCOMPARE(scene.image("p.png/" + region + "/full/0/default.png").convertToFormat(QImage::Format_RGB32),
             picture().copy(expected));
}

void TestPictures::aSizeIsScaledTo_data()
{
    QTest::addColumn<QByteArray>("size");
    QTest::addColumn<QSize>("expected");
    QTest::newRow("full") << QByteArray("full") << QSize(60, 40);
    QTest::newRow("max") << QByteArray("max") << QSize(60, 40);
    QTest::newRow("width") << QByteArray("30,") << QSize(30, 20);
    QTest::newRow("width, rounded") << QByteArray("50,") << QSize(50, 33);
    QTest::newRow("height") << QByteArray(",10") << QSize(15, 10);
    QTest::newRow("percent") << QByteArray("pct:50") << QSize(30, 20);
    QTest::newRow("percent with decimals") << QByteArray("pct:12.5") << QSize(8, 5);
    QTest::newRow("distorted") << QByteArray("20,30") << QSize(20, 30);
    QTest::newRow("confined by its width") << QByteArray("!30,30") << QSize(30, 20);
    QTest::newRow("confined by its height") << QByteArray("!60,10") << QSize(15, 10);
    QTest::newRow("larger") << QByteArray("120,") << QSize(120, 80);
    QTest::newRow("larger by percent") << QByteArray("pct:150") << QSize(90, 60);
}

void TestPictures::aSizeIsScaledTo()
{
    QFETCH(const QByteArray, size);
    QFETCH(const QSize, expected);
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());

    const QImage image = scene.image("p.png/full/" + size + "/0/default.png");
    QCOMPARE(image.size(), expected);
    // Each pixel is the colour of the place it was scaled from, within the width of a pixel of the coarser picture.
    const double stepX = 60.0 / expected.width();
    const double stepY = 40.0 / expected.height();
    for (const QPoint at : {QPoint(0, 0), QPoint(expected.width() / 2, expected.height() / 2),
                            QPoint(expected.width() - 1, expected.height() - 1)}) {
        const QRgb pixel = image.pixel(at);
        QVERIFY(std::abs(qRed(pixel) - 4 * ((at.x() + 0.5) * stepX - 0.5)) <= 4 * std::max(1.0, stepX));
        QVERIFY(std::abs(qGreen(pixel) - 6 * ((at.y() + 0.5) * stepY - 0.5)) <= 6 * std::max(1.0, stepY));
        QVERIFY(std::abs(qBlue(pixel) - 128) <= 1);
    }
}

void TestPictures::aJpegIsCutAndScaledWhileItIsDecoded_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QRect>("region");
    QTest::addColumn<QSize>("size");
    QTest::newRow("cut") << QByteArray("101,51,77,93/full") << QRect(101, 51, 77, 93) << QSize(77, 93);
    QTest::newRow("scaled") << QByteArray("full/60,") << QRect(0, 0, 480, 320) << QSize(60, 40);
    QTest::newRow("tile") << QByteArray("256,0,256,256/112,") << QRect(256, 0, 224, 256) << QSize(112, 128);
    QTest::newRow("cut at odd places and scaled")
        << QByteArray("33,17,301,199/50,") << QRect(33, 17, 301, 199) << QSize(50, 33);
    QTest::newRow("cut and made larger") << QByteArray("100,100,40,30/80,") << QRect(100, 100, 40, 30) << QSize(80, 60);
    QTest::newRow("cut and distorted") << QByteArray("8,8,400,300/50,150") << QRect(8, 8, 400, 300) << QSize(50, 150);
}

void TestPictures::aJpegIsCutAndScaledWhileItIsDecoded()
{
    QFETCH(const QByteArray, address);
    QFETCH(const QRect, region);
    QFETCH(const QSize, size);
    Scene scene;
    QVERIFY(scene.put(u"p.jpg"_s, photograph()));
    QVERIFY2(scene.start(), scene.fault());

    const QImage expected = photograph().copy(region).scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    QCOMPARE_LE(largestDifference(scene.image("p.jpg/" + address + "/0/default.png"), expected), 8);
}

void TestPictures::aTurnMovesEachPixelToItsPlace_data()
{
    QTest::addColumn<QByteArray>("rotation");
    QTest::addColumn<bool>("isMirrored");
    QTest::addColumn<int>("quarters");
    QTest::newRow("0") << QByteArray("0") << false << 0;
    QTest::newRow("90") << QByteArray("90") << false << 1;
    QTest::newRow("180") << QByteArray("180") << false << 2;
    QTest::newRow("270") << QByteArray("270.0") << false << 3;
    QTest::newRow("360") << QByteArray("360") << false << 0;
    QTest::newRow("!0") << QByteArray("!0") << true << 0;
    QTest::newRow("!90") << QByteArray("!90") << true << 1;
    QTest::newRow("!180") << QByteArray("!180") << true << 2;
}

void TestPictures::aTurnMovesEachPixelToItsPlace()
{
    QFETCH(const QByteArray, rotation);
    QFETCH(const bool, isMirrored);
    QFETCH(const int, quarters);
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());

    const QImage turned = scene.image("p.png/full/full/" + rotation + "/default.png");
    const QImage source = picture();
    QCOMPARE(turned.size(), quarters % 2 == 0 ? source.size() : source.size().transposed());
    for (int y = 0; y < source.height(); ++y) {
        for (int x = 0; x < source.width(); ++x) {
            QPoint at(isMirrored ? source.width() - 1 - x : x, y);
            QSize frame = source.size();
            for (int quarter = 0; quarter < quarters; ++quarter) { // clockwise: the top row becomes the right column
                at = QPoint(frame.height() - 1 - at.y(), at.x());
                frame.transpose();
            }
            QCOMPARE(turned.pixel(at), source.pixel(x, y));
        }
    }
}

void TestPictures::aSlantedPictureIsWholeOnATransparentOrWhiteFrame()
{
    Scene scene;
    QImage red(100, 100, QImage::Format_RGB32);
    red.fill(qRgb(255, 0, 0));
    QVERIFY(scene.put(u"p.png"_s, red));
    QVERIFY2(scene.start(), scene.fault());

    const QImage png = scene.image("p.png/full/full/45/default.png");
    QVERIFY(std::abs(png.width() - 141) <= 2 && std::abs(png.height() - 141) <= 2);
    QCOMPARE(qAlpha(png.pixel(0, 0)), 0);
    QCOMPARE(png.pixel(png.width() / 2, png.height() / 2), qRgb(255, 0, 0));
    QCOMPARE(png.pixel(png.width() / 2, 4), qRgb(255, 0, 0)); // its corner is still there

    const QImage jpg = scene.image("p.png/full/full/45/default.jpg");
    QCOMPARE_GE(qGray(jpg.pixel(2, 2)), 250);
    QCOMPARE(qAlpha(scene.image("p.png/full/full/45/gray.png").pixel(0, 0)), 0);
}

void TestPictures::aPhotographIsSeenAsTheCameraWasHeld_data()
{
    QTest::addColumn<int>("orientation");
    for (int orientation = 1; orientation <= 8; ++orientation)
        QTest::addRow("%d", orientation) << orientation;
}

void TestPictures::aPhotographIsSeenAsTheCameraWasHeld()
{
    QFETCH(const int, orientation);
    Scene scene;
    QVERIFY(scene.put(u"p.jpg"_s, jpegOf(photograph(), orientation)));
    QVERIFY2(scene.start(), scene.fault());

    QImageReader reader(scene.path(u"p.jpg"_s));
    reader.setAutoTransform(true);
    const QImage seen = reader.read();
    QCOMPARE(seen.size(), orientation < 5 ? QSize(480, 320) : QSize(320, 480));
    const auto info = QJsonDocument::fromJson(scene.get("/iiif/p.jpg/info.json").body).object();
    QCOMPARE(QSize(info[u"width"_s].toInt(), info[u"height"_s].toInt()), seen.size());

    QCOMPARE_LE(largestDifference(scene.image("p.jpg/full/full/0/default.png"), seen), 2);
    QCOMPARE_LE(largestDifference(scene.image("p.jpg/30,200,200,90/full/0/default.png"), seen.copy(30, 200, 200, 90)),
                2);
    const QImage small = seen.copy(16, 24, 160, 240).scaled(80, 60, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    QCOMPARE_LE(largestDifference(scene.image("p.jpg/16,24,160,240/80,60/0/default.png"), small), 8);
}

void TestPictures::grayKeepsBrightnessAndTransparency()
{
    Scene scene;
    QImage half(2, 1, QImage::Format_ARGB32);
    half.setPixel(0, 0, qRgba(200, 100, 50, 255));
    half.setPixel(1, 0, qRgba(200, 100, 50, 0));
    QVERIFY(scene.put(u"p.png"_s, picture()) && scene.put(u"half.png"_s, half));
    QVERIFY2(scene.start(), scene.fault());

    const QImage gray = scene.image("p.png/full/full/0/gray.png");
    QVERIFY(gray.isGrayscale());
    // Luminance is weighed a little differently by each of Qt's ways; white and black are the same in all.
    QCOMPARE_LE(std::abs(qGray(gray.pixel(50, 30)) - qGray(picture().pixel(50, 30))), 8);
    QVERIFY(scene.image("p.png/full/full/0/gray.jpg").isGrayscale());
    const QImage kept = scene.image("half.png/full/full/0/gray.png");
    QCOMPARE(qAlpha(kept.pixel(0, 0)), 255);
    QCOMPARE(qAlpha(kept.pixel(1, 0)), 0);
    QCOMPARE(qRed(kept.pixel(0, 0)), qBlue(kept.pixel(0, 0)));
}

void TestPictures::bitonalIsBlackOrWhite()
{
    Scene scene;
    QImage shades(256, 1, QImage::Format_RGB32);
    for (int x = 0; x < 256; ++x)
        shades.setPixel(x, 0, qRgb(x, x, x));
    QVERIFY(scene.put(u"p.png"_s, shades));
    QVERIFY2(scene.start(), scene.fault());

    const QImage bitonal = scene.image("p.png/full/full/0/bitonal.png");
    for (int x = 0; x < 256; ++x)
        QCOMPARE(bitonal.pixel(x, 0), x < 128 ? qRgb(0, 0, 0) : qRgb(255, 255, 255));
    QVERIFY(!scene.image("p.png/full/full/0/bitonal.jpg").isNull());
}

void TestPictures::colorIsTheDefault()
{
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());
    const auto color = scene.get("/iiif/p.png/full/full/0/color.png");
    QCOMPARE(color.status, 200);
    QCOMPARE(color.body, scene.get("/iiif/p.png/full/full/0/default.png").body);
}

void TestPictures::jpgShowsTransparentPixelsAsWhite()
{
    Scene scene;
    QImage nothing(32, 32, QImage::Format_ARGB32);
    nothing.fill(Qt::transparent);
    QVERIFY(scene.put(u"p.png"_s, nothing));
    QVERIFY2(scene.start(), scene.fault());
    QCOMPARE_GE(qGray(scene.image("p.png/full/full/0/default.jpg").pixel(16, 16)), 254);
}

void TestPictures::everyFormatOfTheDocumentIsServed()
{
    Scene scene;
    QVERIFY(scene.put(u"p.png"_s, picture()));
    QVERIFY2(scene.start(), scene.fault());

    const auto info = QJsonDocument::fromJson(scene.get("/iiif/p.png/info.json").body).object();
    const QJsonArray formats = info[u"profile"_s][1][u"formats"_s].toArray();
    QVERIFY(formats.contains(u"jpg"_s) && formats.contains(u"png"_s));
    for (const QJsonValue format : formats) {
        const QByteArray extension = format.toString().toLatin1();
        const auto response = scene.get("/iiif/p.png/full/full/0/default." + extension);
        QCOMPARE(response.status, 200);
        QCOMPARE(response.header("Content-Type"), iiif::findFormat(extension)->mediaType);
        QCOMPARE(QImage::fromData(response.body).size(), QSize(60, 40));
    }
}

QTEST_GUILESS_MAIN(TestPictures)
#include "tst_pictures.moc"
