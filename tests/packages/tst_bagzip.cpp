// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/seal.h"
#include "bagit/verify.h"
#include "bagit/zipfile.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::bagit;

namespace {

using namespace std::chrono_literals;
using enum FaultKind;
using Spoil = std::function<void(QByteArray &)>;

const Time when(1'795'456'081'000'042us); // 2026-11-23T17:48:01.000042Z

QList<BagFile> files()
{
    return makeBag({{"data/record.json", R"({"title":"x"})"}, {"data/twin", "twin"}, {"data/up/x", "x"}},
                   {{"External-Identifier", "7"}});
}

QByteArray zipped(const QList<BagFile> &bag)
{
    const auto zip = zipOf("7", bag, when);
    return zip ? sealed(*zip) : QByteArray();
}

/// Changes bytes of a zip in both of its lists of entries, in place.
Spoil swapped(const QByteArray &from, const QByteArray &to)
{
    return [=](QByteArray &zip) {
        QCOMPARE(from.size(), to.size());
        QVERIFY(zip.count(from) >= 2);
        zip.replace(from, to);
    };
}

/// Sets the st_mode of one entry in the central directory (APPNOTE.TXT 4.3.12).
Spoil withMode(const QByteArray &name, quint16 mode)
{
    return [=](QByteArray &zip) {
        const qsizetype at = zip.lastIndexOf(name) - 46;
        QCOMPARE(zip.mid(at, 4), QByteArray("PK\x01\x02"));
        zip[at + 40] = char(mode & 0xff);
        zip[at + 41] = char(mode >> 8);
    };
}

} // namespace

class tst_BagZip : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString written(const QByteArray &bytes, const QString &name = u"a.zip"_s)
    {
        const QString path = m_folder.filePath(name);
        QFile file(path);
        if (!file.open(QFile::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write");
        return path;
    }

    static QString described(const Report &report)
    {
        QString text;
        for (const Fault &fault : report.faults())
            text += nameOf(fault.kind) + u" | "_s + fault.sentence + u'\n';
        return text;
    }

private Q_SLOTS:
    void whatWeZipIsValid()
    {
        const Report report = verify(written(zipped(files())));
        QVERIFY2(report.isValid(), qPrintable(described(report)));
        QCOMPARE(report.payloadFiles(), 3);
    }

    void theSameArgumentsGiveTheSameBytesInEveryTimeZone()
    {
        QByteArray large;
        for (int i = 0; i < 20000; ++i)
            large += QByteArray::number(i * i) + ',';
        const auto bag = makeBag({{"data/record.json", large}}, {});
        const QByteArray before = qgetenv("TZ");
        qputenv("TZ", "Pacific/Auckland");
        tzset();
        const QByteArray one = zipped(bag);
        qputenv("TZ", "America/New_York");
        tzset();
        const QByteArray two = zipped(bag);
        qputenv("TZ", before);
        tzset();
        QVERIFY(one.size() > 1000 && one.size() < large.size() / 2); // packed
        QCOMPARE(one, two);
    }

    void theZipTellsNothingOfThisMachine()
    {
        // No extra fields (users, groups, access times): name length + 46 is the size of each central entry
        // (APPNOTE.TXT 4.3.12).
        const QByteArray zip = zipped(files());
        qsizetype at = zip.indexOf("PK\x01\x02");
        for (const BagFile &file : files()) {
            QCOMPARE(zip.mid(at, 4), QByteArray("PK\x01\x02"));
            QCOMPARE(zip.mid(at + 30, 4), QByteArray(4, '\0'));
            at += 46 + file.path.size() + 2;
        }
        QCOMPARE(zip.mid(at, 4), QByteArray("PK\x05\x06"));
    }

    void badZipsAreRefusedWithTheirReason_data()
    {
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<FaultKind>("kind");
        QTest::addColumn<QString>("reason");
        QTest::newRow("cut in its list") << Spoil([](QByteArray &z) { z.chop(100); }) << Unreadable
                                         << u"its end is missing"_s;
        QTest::newRow("cut in its last byte")
            << Spoil([](QByteArray &z) { z.chop(1); }) << Unreadable << u"damaged or cut off"_s;
        QTest::newRow("cut in its middle")
            << Spoil([](QByteArray &z) { z.truncate(z.size() / 2); }) << Unreadable << u"its end is missing"_s;
        QTest::newRow("empty") << Spoil([](QByteArray &z) { z.clear(); }) << Unreadable << u"not a zip"_s;
        QTest::newRow("text") << Spoil([](QByteArray &z) { z = "hello"; }) << Unreadable << u"not a zip"_s;
        QTest::newRow("a path with ..") << swapped("7/data/up/x", "7/data/../x") << UnsafePath << u"leads out"_s;
        QTest::newRow("an absolute path") << swapped("7/data/up/x", "/etc/passwd") << UnsafePath << u"is absolute"_s;
        QTest::newRow("a backslash") << swapped("7/data/up/x", "7/data\\up/x") << UnsafePath << u"backslash"_s;
        QTest::newRow("a second top folder")
            << swapped("7/data/up/x", "8/data/up/x") << TopFolder << u"second top folder, \"8\""_s;
        QTest::newRow("a file beside the folder")
            << swapped("7/data/up/x", "7-data-up-x") << TopFolder << u"not in a folder"_s;
        QTest::newRow("an entry twice") << swapped("7/data/up/x", "7/data/twin") << Unreadable
                                        << u"holds one path twice"_s;
        QTest::newRow("a symbolic link") << withMode("7/data/twin", 0120777) << NotAFile << u"symbolic link"_s;
        QTest::newRow("a device") << withMode("7/data/twin", 0060644) << NotAFile << u"neither a file"_s;
        QTest::newRow("one byte of content") << Spoil([](QByteArray &z) { z.replace("\"x\"}", "\"y\"}"); })
                                             << Unreadable << u"data/record.json\" cannot be read to its end"_s;
        QTest::newRow("one byte of bookkeeping")
            << withMode("7/data/twin", 0100600) << BrokenSeal << u"byte for byte"_s;
    }
    void badZipsAreRefusedWithTheirReason()
    {
        QFETCH(Spoil, spoil);
        QFETCH(FaultKind, kind);
        QFETCH(QString, reason);
        QByteArray zip = zipped(files());
        spoil(zip);
        const Report report = verify(written(zip));
        for (const Fault &fault : report.faults()) {
            if (fault.kind == kind && fault.sentence.contains(reason))
                return;
        }
        QFAIL(qPrintable(u"found instead:\n"_s + described(report)));
    }

    void everyFlippedByteIsNoticed()
    {
        const QByteArray zip = zipped(files());
        QStringList unnoticed;
        for (qsizetype i = 0; i < zip.size(); ++i) {
            QByteArray spoilt = zip;
            spoilt[i] ^= 0x41;
            if (verify(written(spoilt)).isValid())
                unnoticed.append(QString::number(i));
        }
        QVERIFY2(unnoticed.isEmpty(),
                 qPrintable(u"%1 of %2: "_s.arg(unnoticed.size()).arg(zip.size()) + unnoticed.join(u' ')));
    }

    void aBombIsNotUnpackedToItsEnd()
    {
        const QByteArray zip = zipped(makeBag({{"data/zeros", QByteArray(32 << 20, '\0')}}, {}));
        QVERIFY(zip.size() < 64 << 10);
        VerifyOptions options;
        options.limits.freeBytes = 1 << 20;
        const Report report = verify(written(zip), options);
        QVERIFY2(described(report).contains(u"limit-exceeded"_s), qPrintable(described(report)));
        QCOMPARE(report.payloadBytes(), 0);
    }

    void tooManyEntriesAreNotRead()
    {
        VerifyOptions options;
        options.limits.entries = 3;
        QVERIFY(described(verify(written(zipped(files())), options)).contains(u"more than 3"_s));
    }

    void aFolderIsVerifiedLikeAZip()
    {
        QDir(m_folder.path()).mkpath(u"bag/data/up"_s);
        for (const BagFile &file : files())
            written(file.bytes, u"bag/"_s + QString::fromUtf8(file.path));
        const QString bag = m_folder.filePath(u"bag"_s);
        const Report good = verify(bag + u'/');
        QVERIFY2(good.isValid(), qPrintable(described(good)));
        QCOMPARE(good.payloadFiles(), 3);

        QCOMPARE(::symlink("/etc/passwd", qPrintable(bag + u"/data/link"_s)), 0);
        QVERIFY(described(verify(bag)).contains(u"not-a-file"_s));
        QFile::remove(bag + u"/data/link"_s);
        QFile::remove(bag + u"/data/twin"_s);
        QVERIFY(described(verify(bag)).contains(u"missing-file"_s));
    }

    void whatIsNotThereIsSaidSo() { QVERIFY(!verify(m_folder.filePath(u"nothing.zip"_s)).isValid()); }

    void otherToolsAgree_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("unzip") << u"unzip"_s << QStringList{u"-tqq"_s};
        QTest::newRow("python") << u"python3"_s << QStringList{u"-c"_s, uR"(
import hashlib, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
assert z.getinfo('7/bagit.txt').date_time == (2026, 11, 23, 17, 48, 0), z.getinfo('7/bagit.txt').date_time
seen = 0
for manifest in ('manifest', 'tagmanifest'):
    for algorithm in ('sha256', 'sha512'):
        for line in z.read('7/%s-%s.txt' % (manifest, algorithm)).decode().splitlines():
            digest, path = line.split('  ', 1)
            assert hashlib.new(algorithm, z.read('7/' + path)).hexdigest() == digest, path
            seen += 1
assert seen == 2 * 3 + 2 * 4, seen
)"_s};
    }
    void otherToolsAgree()
    {
        QFETCH(QString, program);
        QFETCH(QStringList, arguments);
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(program, arguments + QStringList{written(zipped(files()))});
        if (!process.waitForStarted())
            QSKIP(qPrintable(program + u" is not installed"_s));
        QVERIFY(process.waitForFinished());
        QVERIFY2(process.exitCode() == 0, process.readAll().constData());
    }
};

QTEST_GUILESS_MAIN(tst_BagZip)
#include "tst_bagzip.moc"
