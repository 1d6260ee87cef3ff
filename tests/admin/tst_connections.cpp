// SPDX-License-Identifier: GPL-3.0-only
#include "client/connections.h"
#include "client/keyring.h"
#include "client/localserver.h"

#include <QDir>
#include <QFile>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using admin::Connection;
using admin::Connections;
using admin::LocalServer;
using admin::TokenStore;

class ConnectionsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }

    void whatPeopleTypeIsAnAddress_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("url");
        QTest::newRow("host and port") << u" server:5000 "_s << u"http://server:5000"_s;
        QTest::newRow("with a slash") << u"http://server:5000/"_s << u"http://server:5000"_s;
        QTest::newRow("below a path") << u"https://example.org/quoin/"_s << u"https://example.org/quoin"_s;
        QTest::newRow("IPv6") << u"http://[::1]:5000"_s << u"http://[::1]:5000"_s;
        QTest::newRow("nothing") << u"  "_s << QString();
        QTest::newRow("another scheme") << u"ftp://server"_s << QString();
        QTest::newRow("with a password") << u"http://me:secret@server"_s << QString();
        QTest::newRow("with a query") << u"http://server/?a=1"_s << QString();
        QTest::newRow("blanks") << u"http://my server"_s << QString();
    }
    void whatPeopleTypeIsAnAddress()
    {
        QFETCH(QString, typed);
        QFETCH(QString, url);
        QCOMPARE(Connections::urlOf(typed).toString(), url);
    }

    void connectionsAreKeptWithoutTheirTokens()
    {
        Connection connection{.id = {},
                              .name = u"Production"_s,
                              .url = QUrl(u"https://p"_s),
                              .color = QColor(0xd5493f),
                              .isReadOnly = true};
        connection.id = Connections::save(connection);
        QVERIFY(!connection.id.isEmpty());
        Connections::save({.id = {}, .name = u"Test"_s, .url = QUrl(u"http://t:1"_s)});
        QCOMPARE(Connections::all().size(), 2);
        QCOMPARE(Connections::all().first(), connection);
        connection.name = u"Live"_s;
        QCOMPARE(Connections::save(connection), connection.id);
        QCOMPARE(Connections::all().first().name, u"Live"_s);
        Connections::remove(connection.id);
        QCOMPARE(Connections::all().size(), 1);
    }

    void aTokenInAFileIsForItsOwnerOnly()
    {
        TokenStore store(TokenStore::Place::File);
        bool isWritten = false;
        store.write(u"abc"_s, u"quoin_secret"_s, this, [&](const QString &problem, TokenStore::Place place) {
            isWritten = true;
            QVERIFY2(problem.isEmpty(), qPrintable(problem));
            QCOMPARE(place, TokenStore::Place::File);
        });
        QTRY_VERIFY(isWritten);
        const QString path = TokenStore::fileOf(u"abc"_s);
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther
            | QFile::WriteOther | QFile::ExeOther;
        QCOMPARE(QFile::permissions(path) & (others | QFile::ExeOwner), QFile::Permissions());
        QCOMPARE(QFile::permissions(QFileInfo(path).path()) & others, QFile::Permissions());
        QString token;
        store.read(u"abc"_s, this, [&](const QString &read) { token = read; });
        QTRY_COMPARE(token, u"quoin_secret"_s);
        store.remove(u"abc"_s);
        QVERIFY(!QFile::exists(path));
    }

    void theServerOfThisComputerIsFoundByItsToken()
    {
        const QTemporaryDir folder;
        QProcessEnvironment environment;
        environment.insert(u"QUOIN_DATA_DIR"_s, folder.path());
        QVERIFY(!LocalServer::find(environment));
        QFile file(folder.filePath(u"admin.token"_s));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("quoin_local\n") > 0);
        file.close();
        QCOMPARE(LocalServer::find(environment)->connection.url, QUrl(u"http://127.0.0.1:5000"_s));
        QCOMPARE(admin::tokenOfFile(LocalServer::find(environment)->tokenFile), u"quoin_local"_s);
        environment.insert(u"QUOIN_HTTP_LISTEN"_s, u"0.0.0.0:8080"_s);
        QCOMPARE(LocalServer::find(environment)->connection.url, QUrl(u"http://127.0.0.1:8080"_s));
    }
};

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setOrganizationName(u"quoin"_s);
    QCoreApplication::setApplicationName(u"tst_connections"_s);
    ConnectionsTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_connections.moc"
