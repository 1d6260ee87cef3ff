// SPDX-License-Identifier: GPL-3.0-only
#include "dropfolder.h"

#include "plugins/pluginfile.h"
#include "plugins/pluginstore.h"
#include "plugins/safefolder.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace quoin::plugins;

namespace {

void chmodTo(const QString &path, mode_t mode) { QVERIFY(::chmod(QFile::encodeName(path).constData(), mode) == 0); }

mode_t modeOf(const QString &path)
{
    struct stat status = {};
    ::stat(QFile::encodeName(path).constData(), &status);
    return status.st_mode & 07777;
}

} // namespace

class TestSafeFolder final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFolderOfOurOwnIsSafe();
    void aMissingFolderIsNamed();
    void aFolderThatOthersMayWriteToIsNamed_data();
    void aFolderThatOthersMayWriteToIsNamed();
    void aParentThatOthersMayWriteToIsNamed();
    void aParentThatSomebodyElseOwnsIsNamed();
    void onlyPluginFilesAreListed();
    void aFileThatOthersCanChangeIsRefused_data();
    void aFileThatOthersCanChangeIsRefused();
    void aFileIsReadWholeAndHashed();
    void theStoreIsPrivate();
    void whatIsMadeIsSafeWhateverTheMask();
    void aCopyIsMadeOnceAndIsTheSameBytes();
    void aDamagedCopyIsReplaced();
    void aLinkInTheStoreIsReplaced();
};

void TestSafeFolder::aFolderOfOurOwnIsSafe()
{
    const DropFolder drop;
    const auto folder = SafeFolder::open(drop.path());
    QVERIFY2(folder, qPrintable(folder.error().message()));
    QCOMPARE(folder->path(), QDir(drop.path()).canonicalPath());
}

void TestSafeFolder::aMissingFolderIsNamed()
{
    const DropFolder drop;
    const auto folder = SafeFolder::open(drop.path() + u"/none"_s);
    QVERIFY(!folder);
    QVERIFY2(folder.error().message().contains(drop.path() + u"/none"_s), qPrintable(folder.error().message()));
}

void TestSafeFolder::aFolderThatOthersMayWriteToIsNamed_data()
{
    QTest::addColumn<int>("mode");
    QTest::newRow("group") << 0770;
    QTest::newRow("everybody") << 0707;
    QTest::newRow("sticky is no excuse for the folder itself") << 01777;
}

void TestSafeFolder::aFolderThatOthersMayWriteToIsNamed()
{
    QFETCH(int, mode);
    const DropFolder drop;
    chmodTo(drop.path(), static_cast<mode_t>(mode));
    const auto folder = SafeFolder::open(drop.path());
    QVERIFY(!folder);
    QCOMPARE(folder.error().message(),
             u"%1 is writable by others (mode %2): chmod go-w %1"_s.arg(QDir(drop.path()).canonicalPath())
                 .arg(mode, 4, 8, QLatin1Char('0')));
}

void TestSafeFolder::aParentThatOthersMayWriteToIsNamed()
{
    const DropFolder drop;
    const QString inner = drop.path() + u"/a/b"_s;
    QVERIFY(QDir().mkpath(inner));
    chmodTo(drop.path() + u"/a"_s, 0777);
    const auto folder = SafeFolder::open(inner);
    QVERIFY(!folder);
    QVERIFY2(folder.error().message().contains(u"/plugins/a is writable by others (mode 0777)"_s),
             qPrintable(folder.error().message()));
}

void TestSafeFolder::aParentThatSomebodyElseOwnsIsNamed()
{
    if (::geteuid() != 0)
        QSKIP("only root can give a folder to somebody else");
    const DropFolder drop;
    const QString inner = drop.path() + u"/a/b"_s;
    QVERIFY(QDir().mkpath(inner));
    QCOMPARE(::chown(QFile::encodeName(drop.path() + u"/a"_s).constData(), 4242, 4242), 0);
    const auto folder = SafeFolder::open(inner);
    QVERIFY(!folder);
    QVERIFY2(folder.error().message().contains(u"/plugins/a is owned by uid 4242"_s),
             qPrintable(folder.error().message()));
}

void TestSafeFolder::onlyPluginFilesAreListed()
{
    const DropFolder drop;
    for (const QString &name :
         {u"b.so"_s, u"a.so"_s, u".hidden.so"_s, u"a.so.avx2"_s, u"a.so.bak"_s, u"README"_s, u".so"_s})
        drop.write(name, "x");
    const auto folder = SafeFolder::open(drop.path());
    QVERIFY(folder);
    const auto names = folder->pluginFiles();
    QVERIFY(names);
    QCOMPARE(*names, QStringList({u"a.so"_s, u"b.so"_s}));
    QCOMPARE(*folder->pluginFiles(), *names); // reading a folder twice gives the same
}

void TestSafeFolder::aFileThatOthersCanChangeIsRefused_data()
{
    QTest::addColumn<QString>("how");
    QTest::addColumn<QString>("reason");
    QTest::newRow("writable by the group") << u"group"_s << u"writable by others (mode 0660)"_s;
    QTest::newRow("writable by everybody") << u"world"_s << u"writable by others (mode 0606)"_s;
    QTest::newRow("symbolic link") << u"symlink"_s << u"a symbolic link"_s;
    QTest::newRow("hard link") << u"hardlink"_s << u"has 2 hard links: it can be changed from elsewhere"_s;
    QTest::newRow("folder") << u"folder"_s << u"not a regular file"_s;
    QTest::newRow("pipe that nobody writes to") << u"pipe"_s << u"not a regular file"_s;
    QTest::newRow("somebody else's") << u"owner"_s << u"owned by uid 4242"_s;
    QTest::newRow("gone") << u"gone"_s << u"cannot be opened"_s;
    QTest::newRow("too large") << u"large"_s << u"has 300000000 bytes"_s;
}

void TestSafeFolder::aFileThatOthersCanChangeIsRefused()
{
    QFETCH(QString, how);
    QFETCH(QString, reason);
    const DropFolder drop;
    const QString file = drop.write(u"x.so"_s, "bytes");
    const QByteArray name = QFile::encodeName(file);
    const QByteArray other = QFile::encodeName(drop.file(u"other"_s));
    if (how == u"group"_s) {
        chmodTo(file, 0660);
    } else if (how == u"world"_s) {
        chmodTo(file, 0606);
    } else if (how == u"symlink"_s) {
        QVERIFY(QFile::rename(file, drop.file(u"other"_s)));
        QCOMPARE(::symlink(other.constData(), name.constData()), 0);
    } else if (how == u"hardlink"_s) {
        QCOMPARE(::link(name.constData(), other.constData()), 0);
    } else if (how == u"folder"_s) {
        QVERIFY(QFile::remove(file) && QDir().mkdir(file));
    } else if (how == u"pipe"_s) {
        QVERIFY(QFile::remove(file));
        QCOMPARE(::mkfifo(name.constData(), 0600), 0);
    } else if (how == u"owner"_s) {
        if (::chown(name.constData(), 4242, 4242) != 0)
            QSKIP("only root can give a file to somebody else");
    } else if (how == u"gone"_s) {
        QVERIFY(QFile::remove(file));
    } else if (how == u"large"_s) {
        QVERIFY(QFile::resize(file, 300'000'000)); // sparse
    }
    const auto folder = SafeFolder::open(drop.path());
    QVERIFY(folder);
    Fault fault;
    QVERIFY(!readPluginFile(*folder, u"x.so"_s, &fault));
    QVERIFY2(fault.reason.startsWith(reason), qPrintable(fault.reason));
    QVERIFY(!fault.remedy.isEmpty());
}

void TestSafeFolder::aFileIsReadWholeAndHashed()
{
    const DropFolder drop;
    const QByteArray bytes = QByteArray("0123456789abcdef").repeated(100'000);
    drop.write(u"x.so"_s, bytes);
    const auto folder = SafeFolder::open(drop.path());
    QVERIFY(folder);
    Fault fault;
    const auto file = readPluginFile(*folder, u"x.so"_s, &fault);
    QVERIFY2(file, qPrintable(fault.reason));
    QCOMPARE(file->bytes, bytes);
    QCOMPARE(file->sha256, QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
    QCOMPARE(file->baseName, u"x"_s);
}

void TestSafeFolder::theStoreIsPrivate()
{
    const DropFolder drop;
    QVERIFY(PluginStore::open(drop.store() + u"/deep/down"_s));
    QCOMPARE(modeOf(drop.store() + u"/deep/down"_s), 0700u);
    chmodTo(drop.store() + u"/deep/down"_s, 0755);
    QVERIFY(PluginStore::open(drop.store() + u"/deep/down"_s));
    QCOMPARE(modeOf(drop.store() + u"/deep/down"_s), 0700u);
}

void TestSafeFolder::whatIsMadeIsSafeWhateverTheMask()
{
    const DropFolder drop;
    const mode_t before = ::umask(0);
    const auto folder = SafeFolder::openPrivate(drop.path() + u"/deep/er/store"_s);
    ::umask(before);
    QVERIFY2(folder, qPrintable(folder.error().message()));
    QCOMPARE(modeOf(drop.path() + u"/deep/er"_s) & 0777, mode_t(0755));
    QCOMPARE(modeOf(folder->path()) & 0777, mode_t(0700));
}

void TestSafeFolder::aCopyIsMadeOnceAndIsTheSameBytes()
{
    const DropFolder drop;
    const auto store = PluginStore::open(drop.store());
    QVERIFY(store);
    const PluginFile file{u"/x.so"_s, u"x"_s, "bytes",
                          QCryptographicHash::hash("bytes", QCryptographicHash::Sha256).toHex()};
    const auto copy = store->keep(file);
    QVERIFY2(copy, qPrintable(copy.error().message()));
    QCOMPARE(*copy, store->path() + u'/' + QString::fromLatin1(file.sha256) + u"/x.so"_s);
    struct stat first = {};
    QCOMPARE(::stat(QFile::encodeName(*copy).constData(), &first), 0);
    QCOMPARE(first.st_mode & 07777, 0500u);

    QVERIFY(store->keep(file));
    struct stat second = {};
    QCOMPARE(::stat(QFile::encodeName(*copy).constData(), &second), 0);
    QCOMPARE(second.st_ino, first.st_ino);
    QCOMPARE(QDir(QFileInfo(*copy).path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
             QStringList{u"x.so"_s});
}

void TestSafeFolder::aDamagedCopyIsReplaced()
{
    const DropFolder drop;
    const auto store = PluginStore::open(drop.store());
    QVERIFY(store);
    const PluginFile file{u"/x.so"_s, u"x"_s, "bytes",
                          QCryptographicHash::hash("bytes", QCryptographicHash::Sha256).toHex()};
    const auto copy = store->keep(file);
    QVERIFY(copy);
    QFile damaged(*copy);
    QVERIFY(damaged.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner));
    QVERIFY(damaged.open(QIODevice::WriteOnly) && damaged.write("byt") == 3);
    damaged.close();
    QVERIFY(store->keep(file));
    QVERIFY(damaged.open(QIODevice::ReadOnly));
    QCOMPARE(damaged.readAll(), QByteArray("bytes"));
}

void TestSafeFolder::aLinkInTheStoreIsReplaced()
{
    const DropFolder drop;
    const auto store = PluginStore::open(drop.store());
    QVERIFY(store);
    const PluginFile file{u"/x.so"_s, u"x"_s, "bytes",
                          QCryptographicHash::hash("bytes", QCryptographicHash::Sha256).toHex()};
    const auto copy = store->keep(file);
    QVERIFY(copy && QFile::remove(*copy));
    const QString elsewhere = drop.write(u"elsewhere"_s, "bytes");
    QVERIFY(QFile::link(elsewhere, *copy));
    QVERIFY(store->keep(file));
    QVERIFY(!QFileInfo(*copy).isSymLink());
}

QTEST_GUILESS_MAIN(TestSafeFolder)
#include "tst_safefolder.moc"
