// SPDX-License-Identifier: GPL-3.0-only
#include "sipcommand.h"

#include "bagit/package.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QTextStream>

using namespace Qt::StringLiterals;
using namespace quoin;

class tst_SipCommand : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_out;

    QString at(const QString &name) const { return m_folder->filePath(name); }
    QString makePackage(const QByteArray &name, const QList<bagit::BagFile> &files = {{"data/record.json", "{}"}})
    {
        const auto stored = bagit::storePackage(m_folder->path(), {name, files, {}, {}});
        return stored ? stored->path : QString();
    }
    static void spoil(const QString &path)
    {
        QFile file(path);
        QVERIFY(file.open(QFile::ReadWrite) && file.seek(80) && file.putChar('!'));
    }
    int verify(const QStringList &paths)
    {
        m_out.clear();
        QTextStream stream(&m_out);
        return server::verifyPackages(paths, stream);
    }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aGoodPackageIsOneLineAndZero()
    {
        const QString path = makePackage("7");
        QCOMPARE(verify({path}), 0);
        QCOMPARE(m_out, u"ok %1 (1 file, 2 bytes)\n1 checked: 1 ok, 0 bad\n"_s.arg(path));
    }

    void oneIsSingularAndAllElsePlural_data()
    {
        QTest::addColumn<QList<bagit::BagFile>>("files");
        QTest::addColumn<QString>("counted");
        QTest::newRow("one of each") << QList<bagit::BagFile>{{"data/a", "x"}} << u"(1 file, 1 byte)"_s;
        QTest::newRow("none of one") << QList<bagit::BagFile>{{"data/a", ""}} << u"(1 file, 0 bytes)"_s;
        QTest::newRow("many") << QList<bagit::BagFile>{{"data/a", "x"}, {"data/b", "y"}} << u"(2 files, 2 bytes)"_s;
    }
    void oneIsSingularAndAllElsePlural()
    {
        QFETCH(const QList<bagit::BagFile>, files);
        QFETCH(const QString, counted);
        QCOMPARE(verify({makePackage("7", files)}), 0);
        QVERIFY2(m_out.contains(counted), qPrintable(m_out));
    }

    void aBadOneIsNamedWithItsReasonsAndOne()
    {
        const QString path = makePackage("7");
        spoil(path);
        QCOMPARE(verify({path}), 1);
        const QStringList lines = m_out.split(u'\n');
        QCOMPARE(lines.first(), u"BAD "_s + path);
        QVERIFY2(lines.at(1).startsWith(u"    "_s) && lines.at(1).contains(u": "_s), qPrintable(m_out));
        QVERIFY2(m_out.endsWith(u"1 checked: 0 ok, 1 bad\n"_s), qPrintable(m_out));
    }

    void aFolderOfPackagesIsGoneThrough()
    {
        makePackage("1");
        spoil(makePackage("2"));
        makePackage("3");
        QVERIFY(QFile(at(u".quoin-part-0123456789abcdef"_s)).open(QFile::WriteOnly)); // just being written
        QVERIFY(QFile(at(u"notes.txt"_s)).open(QFile::WriteOnly));
        QCOMPARE(verify({m_folder->path()}), 1);
        QVERIFY2(m_out.endsWith(u"3 checked: 2 ok, 1 bad\n"_s), qPrintable(m_out));
        QVERIFY(m_out.indexOf(u"1.zip"_s) < m_out.indexOf(u"2.zip"_s));
    }

    void aBagThatIsAFolderIsOne()
    {
        const QString bag = at(u"bag"_s);
        QVERIFY(QDir().mkpath(bag + u"/data"_s));
        for (const auto &file : bagit::makeBag({{"data/a", "x"}}, {})) {
            QFile out(bag + u'/' + QString::fromUtf8(file.path));
            QVERIFY(out.open(QFile::WriteOnly) && out.write(file.bytes) == file.bytes.size());
        }
        QCOMPARE(verify({bag}), 0);
        QCOMPARE(verify({m_folder->path()}), 0); // and is found in a folder
        QVERIFY(QFile::rename(bag + u"/bagit.txt"_s, bag + u"/bagit.old"_s));
        QCOMPARE(verify({bag}), 1); // still meant to be one
        QVERIFY(m_out.contains(u"bagit.txt is missing"_s));

        QFile extra(bag + u"/extra"_s);
        QVERIFY(QFile::rename(bag + u"/bagit.old"_s, bag + u"/bagit.txt"_s) && extra.open(QFile::WriteOnly));
        QCOMPARE(verify({bag}), 1);
        QTextStream stream(&m_out);
        QCOMPARE(server::verifyPackages({bag}, stream, true), 0);
    }

    void whatIsNotThereIsTwo()
    {
        QCOMPARE(verify({at(u"nothing.zip"_s)}), 2);
        QVERIFY(m_out.contains(u"not there"_s));
        QCOMPARE(verify({m_folder->path()}), 2); // empty
        QVERIFY(m_out.contains(u"holds no package"_s));
        const QString good = makePackage("1");
        QCOMPARE(verify({good, at(u"nothing.zip"_s)}), 2);
        QVERIFY(m_out.contains(u"1 checked: 1 ok"_s));
    }
};

QTEST_APPLESS_MAIN(tst_SipCommand)
#include "tst_sipcommand.moc"
