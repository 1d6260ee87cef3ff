// SPDX-License-Identifier: GPL-3.0-only
#include "auth/bearer.h"
#include "auth/scopes.h"
#include "auth/tokentext.h"

#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::auth;

class TokenTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTokenIsRecognisedAndNoTwoAreTheSame();
    void oneWrongCharacterIsNoticedWithoutADatabase();
    void whatIsLoggedOfATokenIsItsBeginning_data();
    void whatIsLoggedOfATokenIsItsBeginning();
    void theFieldIsReadAsTheStandardSays_data();
    void theFieldIsReadAsTheStandardSays();
    void aScopeIsOneWord_data();
    void aScopeIsOneWord();
    void onlyAdminIncludesAnother_data();
    void onlyAdminIncludesAnother();
};

void TokenTextTest::aTokenIsRecognisedAndNoTwoAreTheSame()
{
    QSet<QByteArray> seen;
    for (int i = 0; i < 1000; ++i) {
        const TokenText token = TokenText::random();
        QVERIFY(token.text().startsWith("quoin_"));
        QCOMPARE(token.text().size(), 55);
        QCOMPARE(Bearer::read("Bearer " + token.text()).token, token.text()); // fit for the field
        const auto parsed = TokenText::parse(token.text());
        QVERIFY(parsed);
        QCOMPARE(parsed->hash(), token.hash());
        QCOMPARE(token.hash().size(), 64);
        QVERIFY(!seen.contains(token.hash()));
        seen.insert(token.hash());
    }
}

void TokenTextTest::oneWrongCharacterIsNoticedWithoutADatabase()
{
    const QByteArray text = TokenText::random().text();
    for (qsizetype i = 0; i < text.size(); ++i) {
        QByteArray wrong = text;
        wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
        QVERIFY2(!TokenText::parse(wrong), wrong.constData());
    }
    QVERIFY(!TokenText::parse(text.chopped(1)));
    QVERIFY(!TokenText::parse(text + 'a'));
    QVERIFY(!TokenText::parse(text + '='));
    QVERIFY(!TokenText::parse({}));
}

void TokenTextTest::whatIsLoggedOfATokenIsItsBeginning_data()
{
    QTest::addColumn<QByteArray>("shown");
    QTest::addColumn<QByteArray>("logged");
    QTest::newRow("like ours") << QByteArray("quoin_AbCd") + QByteArray(45, 'x') << QByteArray("quoin_AbCd");
    QTest::newRow("somebody else's") << QByteArray("ghp_16C7e42F292c6912E7710c838347Ae178B4a") << QByteArray();
    QTest::newRow("short") << QByteArray("quoin_secret") << QByteArray();
    QTest::newRow("none") << QByteArray() << QByteArray();
}

void TokenTextTest::whatIsLoggedOfATokenIsItsBeginning()
{
    QFETCH(const QByteArray, shown);
    QTEST(recognisable(shown), "logged");
}

void TokenTextTest::theFieldIsReadAsTheStandardSays_data()
{
    using enum Bearer::Kind;
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<Bearer::Kind>("kind");
    QTest::addColumn<QByteArray>("token");
    const QByteArray none;
    QTest::newRow("absent") << none << Absent << none;
    QTest::newRow("another scheme") << QByteArray("Basic dTpw") << Absent << none;
    QTest::newRow("a scheme that begins so") << QByteArray("BearerX abc") << Absent << none;
    QTest::newRow("as usual") << QByteArray("Bearer abc") << Present << QByteArray("abc");
    QTest::newRow("any case") << QByteArray("bEARER abc") << Present << QByteArray("abc");
    QTest::newRow("more spaces") << QByteArray("Bearer   abc") << Present << QByteArray("abc");
    QTest::newRow("all characters there are")
        << QByteArray("Bearer aZ09-._~+/==") << Present << QByteArray("aZ09-._~+/==");
    QTest::newRow("scheme alone") << QByteArray("Bearer") << Malformed << none;
    QTest::newRow("scheme and space") << QByteArray("Bearer ") << Malformed << none;
    QTest::newRow("two tokens") << QByteArray("Bearer abc def") << Malformed << none;
    QTest::newRow("two fields") << QByteArray("Bearer abc, Bearer def") << Malformed << none;
    QTest::newRow("padding within") << QByteArray("Bearer ab=c") << Malformed << none;
    QTest::newRow("padding alone") << QByteArray("Bearer ==") << Malformed << none;
    QTest::newRow("quoted") << QByteArray("Bearer \"abc\"") << Malformed << none;
    QTest::newRow("not ASCII") << QByteArray("Bearer ab\xc3\xa4") << Malformed << none;
}

void TokenTextTest::theFieldIsReadAsTheStandardSays()
{
    QFETCH(const QByteArray, field);
    const Bearer bearer = Bearer::read(field);
    QTEST(bearer.kind, "kind");
    QTEST(bearer.token, "token");
}

void TokenTextTest::aScopeIsOneWord_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isOne");
    QTest::newRow("usual") << u"records:read"_s << true;
    QTest::newRow("plain") << u"admin"_s << true;
    QTest::newRow("of a plugin") << u"org.acme.orders:write"_s << true;
    QTest::newRow("empty") << QString() << false;
    QTest::newRow("space") << u"records read"_s << false;
    QTest::newRow("comma") << u"a,b"_s << false;
    QTest::newRow("quote") << u"a\"b"_s << false;
    QTest::newRow("not ASCII") << u"l\u00e4sen"_s << false;
    QTest::newRow("longest") << QString(64, u'a') << true;
    QTest::newRow("too long") << QString(65, u'a') << false;
}

void TokenTextTest::aScopeIsOneWord()
{
    QFETCH(const QString, text);
    QTEST(isScope(text), "isOne");
}

void TokenTextTest::onlyAdminIncludesAnother_data()
{
    QTest::addColumn<QStringList>("granted");
    QTest::addColumn<QString>("wanted");
    QTest::addColumn<bool>("isIncluded");
    QTest::newRow("the same") << QStringList{u"records:read"_s} << u"records:read"_s << true;
    QTest::newRow("one of several") << QStringList{u"a"_s, u"records:read"_s} << u"records:read"_s << true;
    QTest::newRow("admin reads") << QStringList{u"admin"_s} << u"admin:read"_s << true;
    QTest::newRow("reading is not admin") << QStringList{u"admin:read"_s} << u"admin"_s << false;
    QTest::newRow("admin is not everything") << QStringList{u"admin"_s} << u"records:write"_s << false;
    QTest::newRow("admin is not every admin") << QStringList{u"admin"_s} << u"admin:other"_s << false;
    QTest::newRow("writing is not reading") << QStringList{u"records:write"_s} << u"records:read"_s << false;
    QTest::newRow("nothing") << QStringList() << u"records:read"_s << false;
}

void TokenTextTest::onlyAdminIncludesAnother()
{
    QFETCH(const QStringList, granted);
    QFETCH(const QString, wanted);
    QTEST(includes(granted, wanted), "isIncluded");
}

QTEST_GUILESS_MAIN(TokenTextTest)
#include "tst_tokentext.moc"
