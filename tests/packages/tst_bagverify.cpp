// SPDX-License-Identifier: GPL-3.0-only
#include "memorytree.h"

#include "bagit/digest.h"
#include "bagit/manifest.h"
#include "bagit/verify.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::bagit;

namespace {

using Spoil = std::function<void(MemoryTree &)>;
using enum FaultKind;

MemoryTree goodBag()
{
    return MemoryTree(makeBag({{"data/record.json", R"({"title":"Ä","n":1.10})"}, {"data/notes/one.txt", "one\n"}},
                              {{"Bagging-Date", "2026-11-23"}, {"External-Identifier", "7"}}));
}

/// Makes the tag manifests fit again, so that a spoilt tag file is judged by itself.
void retag(MemoryTree &tree)
{
    for (const Algorithm algorithm : {Algorithm::Sha256, Algorithm::Sha512}) {
        QByteArray lines;
        for (const auto &node : std::as_const(tree.nodes)) {
            if (!node.path.startsWith("data/") && !node.path.startsWith("tagmanifest-"))
                lines += digestOf(algorithm, node.bytes) + "  " + node.path + '\n';
        }
        tree["tagmanifest-" + nameOf(algorithm) + ".txt"] = lines;
    }
}

Spoil retagged(const Spoil &spoil)
{
    return [spoil](MemoryTree &tree) {
        spoil(tree);
        retag(tree);
    };
}

Spoil tag(const QByteArray &path, const QByteArray &bytes)
{
    return retagged([=](MemoryTree &tree) { tree[path] = bytes; });
}

Spoil extraLine(const QByteArray &line)
{
    return retagged([=](MemoryTree &tree) { tree["manifest-sha256.txt"] += line + '\n'; });
}

/// A payload file that is listed as it should be, but has this path.
Spoil listedAs(const QByteArray &path)
{
    return retagged([=](MemoryTree &tree) {
        tree.rename("data/notes/one.txt", path);
        for (const QByteArray name : {"manifest-sha256.txt", "manifest-sha512.txt"})
            tree[name].replace("data/notes/one.txt", path);
    });
}

QString described(const Report &report)
{
    QString text;
    for (const Fault &fault : report.faults())
        text += nameOf(fault.kind) + u" | "_s + fault.path + u" | "_s + fault.sentence + u'\n';
    return text;
}

const QByteArray hex64(64, 'a');

} // namespace

class tst_BagVerify : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWeMakeIsValid()
    {
        MemoryTree tree = goodBag();
        const Report report = verifyTree(tree, false);
        QVERIFY2(report.isValid(), qPrintable(described(report)));
        QCOMPARE(report.payloadFiles(), 2);
        QCOMPARE(report.payloadBytes(), qint64(tree["data/record.json"].size() + 4));
    }

    void everyFaultIsNamedWithItsReason_data()
    {
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<FaultKind>("kind");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("reason");

        const auto row = [](const char *name, Spoil spoil, FaultKind kind, const QString &path, const QString &reason) {
            QTest::newRow(name) << spoil << kind << path << reason;
        };
        row(
            "one flipped bit", [](MemoryTree &t) { t["data/record.json"][3] ^= 1; }, WrongDigest, u"data/record.json"_s,
            u"its bytes have changed"_s);
        row(
            "one byte more", [](MemoryTree &t) { t["data/record.json"] += ' '; }, WrongDigest, u"data/record.json"_s,
            u"sha512 digest"_s);
        row(
            "a changed tag file", [](MemoryTree &t) { t["bag-info.txt"] += "Contact-Name: me\n"; }, WrongDigest,
            u"bag-info.txt"_s, u"tagmanifest-sha256.txt lists"_s);
        row(
            "a missing file", [](MemoryTree &t) { t.remove("data/record.json"); }, MissingFile, u"data/record.json"_s,
            u"is missing; manifest-sha256.txt lists it"_s);
        row(
            "a missing tag file", [](MemoryTree &t) { t.remove("bag-info.txt"); }, MissingFile, u"bag-info.txt"_s,
            u"tagmanifest-sha512.txt lists it"_s);
        row(
            "an extra file", [](MemoryTree &t) { t["data/extra"] = "x"; }, UnlistedFile, u"data/extra"_s,
            u"not listed in manifest-sha256.txt or manifest-sha512.txt"_s);
        row(
            "an extra tag file", [](MemoryTree &t) { t["virus.exe"] = "x"; }, UnlistedFile, u"virus.exe"_s,
            u"not listed in tagmanifest-sha256.txt"_s);
        row("listed in one manifest only", retagged([](MemoryTree &t) {
                t["manifest-sha512.txt"] = t["manifest-sha512.txt"].first(t["manifest-sha512.txt"].indexOf('\n') + 1);
            }),
            UnlistedFile, u"data/notes/one.txt"_s, u"not listed in manifest-sha512.txt"_s);
        row("a wrong count of bytes",
            retagged([](MemoryTree &t) { t["bag-info.txt"].replace("Payload-Oxum: ", "Payload-Oxum: 1"); }), WrongOxum,
            u"bag-info.txt"_s, u"Payload-Oxum counts"_s);
        row("a wrong count of files", retagged([](MemoryTree &t) { t["bag-info.txt"].replace(".2\n", ".3\n"); }),
            WrongOxum, u"bag-info.txt"_s, u"in 3 files"_s);
        row("an oxum that is none", tag("bag-info.txt", "Payload-Oxum: many\n"), WrongOxum, u"bag-info.txt"_s,
            u"is not \"<bytes>.<files>\""_s);
        row("a signed oxum", tag("bag-info.txt", "Payload-Oxum: +28.2\n"), WrongOxum, u"bag-info.txt"_s, u"is not"_s);
        row("two oxums", retagged([](MemoryTree &t) { t["bag-info.txt"] += "Payload-Oxum: 1.1\n"; }), WrongOxum,
            u"bag-info.txt"_s, u"two different"_s);

        row("no bagit.txt", retagged([](MemoryTree &t) { t.remove("bagit.txt"); }), BadDeclaration, u"bagit.txt"_s,
            u"not a bag"_s);
        row("a wrong version", tag("bagit.txt", "BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n"),
            BadDeclaration, u"bagit.txt"_s, u"version \"2.0\""_s);
        row("an encoding nobody knows", tag("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: EBCDIC-X\n"),
            BadDeclaration, u"bagit.txt"_s, u"encoding \"EBCDIC-X\""_s);
        row("no encoding line", tag("bagit.txt", "BagIt-Version: 1.0\n"), BadDeclaration, u"bagit.txt"_s,
            u"two lines"_s);
        row("a blank before the colon", tag("bagit.txt", "BagIt-Version : 1.0\nTag-File-Character-Encoding : UTF-8\n"),
            BadDeclaration, u"bagit.txt"_s, u"two lines"_s);
        row("three lines", tag("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\nx\n"),
            BadDeclaration, u"bagit.txt"_s, u"two lines"_s);
        row("a byte order mark",
            tag("bagit.txt",
                "\xEF\xBB\xBF"
                "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
            BadDeclaration, u"bagit.txt"_s, u"byte order mark"_s);
        row("a manifest that is not UTF-8",
            retagged([](MemoryTree &t) { t["manifest-sha256.txt"] += hex64 + "  data/\xff\n"; }), BadManifest,
            u"manifest-sha256.txt"_s, u"not UTF-8"_s);

        row("a path with ..", extraLine(hex64 + "  data/../../etc/passwd"), UnsafePath, u"data/../../etc/passwd"_s,
            u"manifest-sha256.txt line 3: the path \"data/../../etc/passwd\" leads out"_s);
        row("an absolute path", extraLine(hex64 + "  /etc/passwd"), UnsafePath, u"/etc/passwd"_s, u"is absolute"_s);
        row("a home folder", extraLine(hex64 + "  ~root/x"), UnsafePath, u"~root/x"_s, u"home folder"_s);
        row("backslashes", extraLine(hex64 + "  data\\..\\x"), UnsafePath, u"data\\..\\x"_s, u"backslash"_s);
        row("a drive", extraLine(hex64 + "  C:/x"), UnsafePath, u"C:/x"_s, u"drive"_s);
        row("a dot", extraLine(hex64 + "  ./data/record.json"), UnsafePath, u"./data/record.json"_s, u"\".\""_s);
        row("a bell", extraLine(hex64 + "  data/\a"), UnsafePath, u"data/\\x07"_s, u"control character"_s);
        row(
            "an entry with ..", [](MemoryTree &t) { t["../evil"] = "x"; }, UnsafePath, u"../evil"_s, u"leads out"_s);

        row("one file twice, the same digest",
            retagged([](MemoryTree &t) { t["manifest-sha256.txt"] += QByteArray(t["manifest-sha256.txt"]); }),
            BadManifest, u"data/record.json"_s, u"listed before"_s);
        row("one file twice, another digest", extraLine(hex64 + "  data/record.json"), BadManifest,
            u"data/record.json"_s, u"line 3: \"data/record.json\" was listed before"_s);
        row("a short digest", extraLine("aaaa  data/x"), BadManifest, u"manifest-sha256.txt"_s,
            u"line 3 is not a sha256 digest of 64"_s);
        row("a digest that is not hexadecimal", extraLine(QByteArray(64, 'g') + "  data/x"), BadManifest,
            u"manifest-sha256.txt"_s, u"line 3"_s);
        row("a digest and no path", extraLine(hex64), BadManifest, u"manifest-sha256.txt"_s, u"line 3"_s);
        row("an empty line", extraLine(""), BadManifest, u"manifest-sha256.txt"_s, u"line 3"_s);
        row("a lone percent", extraLine(hex64 + "  data/100%"), BadManifest, u"data/100%"_s, u"'%'"_s);
        row("a tag file in a payload manifest", extraLine(hex64 + "  bagit.txt"), BadManifest, u"bagit.txt"_s,
            u"not below data/"_s);
        row(
            "an algorithm nobody has", [](MemoryTree &t) { t["manifest-crc32.txt"] = "x"; }, BadManifest,
            u"manifest-crc32.txt"_s, u"algorithm"_s);
        row(
            "no payload manifest",
            [](MemoryTree &t) {
                t.remove("manifest-sha256.txt");
                t.remove("manifest-sha512.txt");
            },
            BadManifest, u""_s, u"no payload manifest"_s);
        row(
            "no data folder",
            [](MemoryTree &t) { t.nodes.removeIf([](const auto &n) { return n.path.startsWith("data/"); }); },
            MissingFile, u"data"_s, u"data/ is missing"_s);

        row("a file to be fetched", retagged([](MemoryTree &t) {
                t.remove("data/record.json");
                t["fetch.txt"] = "https://example.org/r 22 data/record.json\n";
            }),
            ToBeFetched, u"data/record.json"_s, u"still to be fetched from https://example.org/r"_s);
        row("a fetch line without a length", tag("fetch.txt", "https://example.org/r data/x\n"), BadManifest,
            u"fetch.txt"_s, u"fetch.txt line 1"_s);
        row("a fetch path with ..", tag("fetch.txt", "https://example.org/r - ../x\n"), UnsafePath, u"../x"_s,
            u"leads out"_s);
        row(
            "a link",
            [](MemoryTree &t) {
                t.nodes.append({"data/link", "/etc/passwd", EntryKind::Link});
            },
            NotAFile, u"data/link"_s, u"symbolic link"_s);
        row(
            "a pipe",
            [](MemoryTree &t) {
                t.nodes.append({"data/pipe", {}, EntryKind::Other});
            },
            NotAFile, u"data/pipe"_s, u"neither a file"_s);
        row(
            "one path twice",
            [](MemoryTree &t) {
                t.nodes.append({"data/record.json", "other", EntryKind::File});
            },
            DuplicateEntry, u"data/record.json"_s, u"there twice"_s);
    }
    void everyFaultIsNamedWithItsReason()
    {
        QFETCH(Spoil, spoil);
        QFETCH(FaultKind, kind);
        QFETCH(QString, path);
        QFETCH(QString, reason);

        MemoryTree tree = goodBag();
        spoil(tree);
        const Report report = verifyTree(tree, false);
        for (const Fault &fault : report.faults()) {
            if (fault.kind == kind && fault.path == path && fault.sentence.contains(reason))
                return;
        }
        QFAIL(qPrintable(u"found instead:\n"_s + described(report)));
    }

    void severalFaultsAreAllListed()
    {
        MemoryTree tree = goodBag();
        tree["data/record.json"][0] = '[';
        tree["data/extra"] = "x";
        tree.remove("data/notes/one.txt");
        const Report report = verifyTree(tree, false);
        QSet<QString> kinds;
        for (const Fault &fault : report.faults())
            kinds.insert(nameOf(fault.kind));
        QCOMPARE(kinds,
                 (QSet<QString>{u"wrong-digest"_s, u"unlisted-file"_s, u"missing-file"_s,
                                u"wrong-oxum"_s})); // 23.2, but 24 bytes
        QCOMPARE(report.faults().size(), 2 + 1 + 2 + 1);
    }

    void anAttackerCannotMakeTheReportEndless()
    {
        MemoryTree tree = goodBag();
        for (int i = 0; i < 2000; ++i)
            tree.nodes.append({"data/extra" + QByteArray::number(i), "x"});
        const Report report = verifyTree(tree, false);
        QCOMPARE(report.faults().size(), Report::maximumFaults);
        QVERIFY(report.furtherFaults() > 0);
        QVERIFY(report.summary().contains(u"further faults"_s));
    }

    void namesThatAreOddButGoodAreAccepted_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("listed");
        QTest::newRow("spaces") << QByteArray("data/a  b c") << QByteArray("data/a  b c");
        QTest::newRow("umlaut") << QByteArray("data/ä") << QByteArray("data/ä");
        QTest::newRow("percent") << QByteArray("data/100%") << QByteArray("data/100%25");
        QTest::newRow("line feed") << QByteArray("data/a\nb") << QByteArray("data/a%0Ab");
        QTest::newRow("carriage return, lower case") << QByteArray("data/a\rb") << QByteArray("data/a%0db");
        QTest::newRow("tilde within") << QByteArray("data/~x") << QByteArray("data/~x");
        QTest::newRow("dots within") << QByteArray("data/..x/y..") << QByteArray("data/..x/y..");
    }
    void namesThatAreOddButGoodAreAccepted()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, listed);
        MemoryTree tree = goodBag();
        listedAs(listed)(tree);
        tree.rename(listed, path);
        const Report report = verifyTree(tree, false);
        QVERIFY2(report.isValid(), qPrintable(described(report)));

        const auto decoded = decodedPath(encodedPath(path), {1, 0});
        QVERIFY(decoded);
        QCOMPARE(*decoded, path);
    }

    void lineEndsAndUpperCaseDigestsDoNotMatter()
    {
        MemoryTree tree = goodBag();
        tree["manifest-sha256.txt"].replace('\n', "\r\n");
        QByteArray &manifest = tree["manifest-sha512.txt"];
        manifest = manifest.first(128).toUpper() + "\t " + manifest.sliced(130).chopped(1);
        retag(tree);
        const Report report = verifyTree(tree, false);
        QVERIFY2(report.isValid(), qPrintable(described(report)));
    }

    void oldBagsMayUseOneManifestAndMd5()
    {
        MemoryTree tree{{"bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: ISO-8859-1\n"},
                        {"data/\xC3\xA4", "x"},
                        {"data/b", "y"},
                        {"manifest-md5.txt", digestOf(Algorithm::Md5, "x") + " ./data/\xE4\n"},
                        {"manifest-sha1.txt", digestOf(Algorithm::Sha1, "y") + " *data/b\n"},
                        {"notes.txt", "no tag manifest, so nothing has to list this"}};
        const Report report = verifyTree(tree, false);
        QVERIFY2(report.isValid(), qPrintable(described(report)));
    }

    void unlistedTagFilesMayBeAllowed()
    {
        MemoryTree tree = goodBag();
        tree["extra.txt"] = "x";
        VerifyOptions options;
        options.allowUnlistedTagFiles = true;
        QVERIFY(verifyTree(tree, false, options).isValid());
    }

    void whatUnpacksToFarMoreThanItsSizeIsNotReadOn()
    {
        MemoryTree tree = goodBag();
        tree.packed = 10;
        VerifyOptions options;
        options.limits.freeBytes = 100;
        options.limits.ratio = 20; // 200 bytes: the manifests alone are more
        const Report report = verifyTree(tree, false, options);
        QVERIFY(described(report).contains(u"limit-exceeded"_s));
    }

    void aManifestThatIsTooLongIsNotHeldInMemory()
    {
        MemoryTree tree = goodBag();
        VerifyOptions options;
        options.limits.tagFileBytes = 100;
        options.limits.tagFileBytesPerEntry = 1;
        const Report report = verifyTree(tree, false, options);
        QVERIFY(described(report).contains(u"limit-exceeded | manifest-sha512.txt"_s));
    }

    void pathsCannotForgeLinesOfAReport()
    {
        QCOMPARE(shown("data/x\nok fine \x1b[2J"), u"data/x\\x0aok fine \\x1b[2J"_s);
    }
};

QTEST_APPLESS_MAIN(tst_BagVerify)
#include "tst_bagverify.moc"
