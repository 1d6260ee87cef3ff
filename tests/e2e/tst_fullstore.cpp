// SPDX-License-Identifier: GPL-3.0-only
#include "pluginground.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// A disk that is full is the host's fault, not the plugin's: it is said, others are served, and the file comes in when
/// there is room. The disk is a small tmpfs(5) that only the server sees, in a mount namespace of its own.
class FullStoreTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aFileThatDoesNotFitComesInWhenThereIsRoom();

private:
    QTemporaryDir m_scripts;
};

/// The program under test becomes a script that mounts the disk and goes on as the program.
void FullStoreTest::initTestCase()
{
    if (QProcess::execute(u"unshare"_s, {u"-m"_s, u"mount"_s, u"-t"_s, u"tmpfs"_s, u"none"_s, u"/mnt"_s}) != 0)
        QSKIP("mounting a disk needs root");
    QFile script(m_scripts.filePath(u"quoin"_s));
    QVERIFY(script.open(QIODevice::WriteOnly));
    script.write("#!/bin/sh\nexec unshare -m sh -c 'mount -t tmpfs -o size=16m,mode=0700 none data && exec \""
                 + QuoinProcess::binary().toUtf8() + "\" \"$@\"' sh \"$@\"\n");
    script.close();
    QVERIFY(script.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner));
    qputenv("QUOIN_BINARY", script.fileName().toUtf8());
}

void FullStoreTest::aFileThatDoesNotFitComesInWhenThereIsRoom()
{
    PluginGround ground;
    QuoinProcess &server = ground.server();
    QVERIFY(QDir().mkpath(server.dataDirectory()));
    ground.drop(u"good"_s);
    QVERIFY2(server.start(), server.report());
    QFile filler(u"/proc/%1/root%2/filler"_s.arg(server.processId()).arg(server.dataDirectory()));
    QVERIFY(filler.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
    while (filler.write(QByteArray(4096, 'x')) == 4096) { }
    filler.close();

    ground.dropChanging(u"1.0.0"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(ground.lines({"refused file=", "/changing.so ", " phase=take ", "No space left on device",
                                            " remedy=\"make room", "plugin-store"})
                                  == 1,
                              server.report(), 30'000);
    QCOMPARE(ground.get("/changing").status, 404);
    QCOMPARE(ground.get("/good/4").body, "4");
    QVERIFY(filler.remove());
    QTRY_COMPARE_WITH_TIMEOUT(ground.get("/changing").body, "1.0.0", 30'000);
    server.terminate();
    QVERIFY2(server.waitForExit() == 0, server.report());
}

QTEST_GUILESS_MAIN(FullStoreTest)
#include "tst_fullstore.moc"
