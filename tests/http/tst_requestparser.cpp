// SPDX-License-Identifier: GPL-3.0-only
#include "parserharness.h"

#include <QTest>

class RequestParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyInputHasOneVerdictHoweverItIsCut_data();
    void everyInputHasOneVerdictHoweverItIsCut();
};

namespace {

QByteArray get(const QByteArray &fields) { return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"; }
QByteArray line(const QByteArray &requestLine) { return requestLine + "\r\nHost: a\r\n\r\n"; }
QByteArray post(const QByteArray &fields, const QByteArray &body)
{
    return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n" + body;
}
QByteArray chunked(const QByteArray &body) { return post("Transfer-Encoding: chunked", body); }

void row(const char *name, const QByteArray &bytes, const char *verdict)
{
    QTest::newRow(name) << bytes << QByteArray(verdict);
}

void addRequestLines()
{
    row("a request", line("GET /a?b=c HTTP/1.1"), "|GET /a");
    row("two requests", line("GET /a HTTP/1.1") + line("GET /b HTTP/1.1"), "|GET /a|GET /b");
    row("one empty line before", "\r\n" + line("GET / HTTP/1.1"), "|GET /");
    row("two empty lines before", "\r\n\r\n" + line("GET / HTTP/1.1"), "|400");
    row("bare LF", "GET / HTTP/1.1\nHost: a\n\n", "|400");
    row("bare LF in a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", "|400");
    row("CR in the request line", "GET / HTTP/1.1\rX\r\nHost: a\r\n\r\n", "|400");
    row("leading space", line(" GET / HTTP/1.1"), "|400");
    row("two spaces", line("GET  / HTTP/1.1"), "|400");
    row("tab for a space", line("GET\t/ HTTP/1.1"), "|400");
    row("trailing space", line("GET / HTTP/1.1 "), "|400");
    row("space in the target", line("GET /a b HTTP/1.1"), "|400");
    row("no target", line("GET HTTP/1.1"), "|400");
    row("HTTP/0.9", "GET /\r\n\r\n", "|400");
    row("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", "|GET /");
    row("HTTP/2.0", line("GET / HTTP/2.0"), "|505");
    row("HTTP/9.9", line("GET / HTTP/9.9"), "|505");
    row("HTTP/1.2", line("GET / HTTP/1.2"), "|505");
    row("HTTPxyzw", line("GET / HTTPxyzw"), "|400");
    row("http/1.1", line("GET / http/1.1"), "|400");
    row("HTTP/1.10", line("GET / HTTP/1.10"), "|400");
    row("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "|505");
    row("unknown method", line("FROB / HTTP/1.1"), "|FROB /");
    row("lower-case method", line("get / HTTP/1.1"), "|get /");
    row("method that is no token", line("G(T / HTTP/1.1"), "|400");
    row("method of 33 characters", line(QByteArray(33, 'A') + " / HTTP/1.1"), "|501");
    row("CONNECT", line("CONNECT a:1 HTTP/1.1"), "|501");
    row("OPTIONS *", line("OPTIONS * HTTP/1.1"), "|OPTIONS *");
    row("GET *", line("GET * HTTP/1.1"), "|400");
    row("absolute target", line("GET http://h:80/p?q HTTP/1.1"), "|GET /p");
    row("absolute target without path", line("GET http://h?q HTTP/1.1"), "|GET /");
    row("absolute target with userinfo", line("GET http://u@h/ HTTP/1.1"), "|400");
    row("absolute target without host", line("GET http:/// HTTP/1.1"), "|400");
    row("other scheme", line("GET ftp://h/ HTTP/1.1"), "|400");
    row("relative target", line("GET a HTTP/1.1"), "|400");
    row("fragment", line("GET /a#b HTTP/1.1"), "|400");
    row("two slashes", line("GET //evil/a HTTP/1.1"), "|GET //evil/a");
    row("dot segments stay", line("GET /a/../b HTTP/1.1"), "|GET /a/../b");
    row("NUL in the target", line(QByteArray("GET /a\0b HTTP/1.1", 17)), "|400");
    row("UTF-8 in the target", line("GET /\xc3\xa9 HTTP/1.1"), "|400");
    row("TLS", QByteArray("\x16\x03\x01\x02\x00\x01", 6), "|400");
    row("line at the limit", line("GET /" + QByteArray(186, 'a') + " HTTP/1.1"),
        ("|GET /" + QByteArray(186, 'a')).constData());
    row("line above the limit", line("GET /" + QByteArray(187, 'a') + " HTTP/1.1"), "|414");
    row("line without an end", "GET /" + QByteArray(300, 'a'), "|414");
}

void addFields()
{
    row("no colon", get("X\r\n"), "|400");
    row("empty name", get(": x\r\n"), "|400");
    row("space before the colon", get("X : x\r\n"), "|400");
    row("name that is no token", get("X(y): x\r\n"), "|400");
    row("folded", get("X: a\r\n b\r\n"), "|400");
    row("folded Content-Length", post("Content-Length:\r\n 3", "abc"), "|400");
    row("space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "|400");
    row("NUL in a value", get(QByteArray("X: a\0b\r\n", 8)), "|400");
    row("CR in a value", get("X: a\rb\r\n"), "|400");
    row("DEL in a value", get("X: a\x7f\r\n"), "|400");
    row("tab and bytes above 0x7f in a value", get("X: a\tb\xe9 \t\r\n"), "|GET /");
    row("empty value", get("X:\r\n"), "|GET /");
    row("no Host", "GET / HTTP/1.1\r\n\r\n", "|400");
    row("two Hosts", get("Host: b\r\n"), "|400");
    row("two equal Hosts", get("Host: a\r\n"), "|400");
    row("Host with a path", "GET / HTTP/1.1\r\nHost: a/../b?x#y@z\r\n\r\n", "|400");
    row("Host with userinfo", "GET / HTTP/1.1\r\nHost: user:pw@host\r\n\r\n", "|400");
    row("Host with two ports", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", "|400");
    row("Host with a named port", "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n", "|400");
    row("Host as IPv6", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "|GET /");
    row("Host with half a bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "|400");
    row("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "|GET /");
    row("12 fields", get("A: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n"),
        "|GET /");
    row("13 fields",
        get("A: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n"),
        "|431");
    row("head above the limit", get("X: " + QByteArray(600, 'x') + "\r\n"), "|431");
    row("head without an end", "GET / HTTP/1.1\r\nX: " + QByteArray(700, 'x'), "|431");
    row("Expect something else", post("Expect: 200-ok\r\nContent-Length: 1", "a"), "|417");
    row("Expect 100-continue", post("Expect: 100-Continue\r\nContent-Length: 1", "a"), "|POST / a");
}

void addLengths()
{
    row("a body", post("Content-Length: 3", "abc"), "|POST / abc");
    row("a body and a request", post("Content-Length: 3", "abc") + line("GET / HTTP/1.1"), "|POST / abc|GET /");
    row("length 0", post("Content-Length: 0", ""), "|POST /");
    row("length at the limit", post("Content-Length: 4096", ""), "|POST /");
    row("length above the limit", post("Content-Length: 4097", ""), "|POST /|413");
    row("two lengths", post("Content-Length: 3\r\nContent-Length: 4", "abcd"), "|400");
    row("two equal lengths", post("Content-Length: 3\r\nContent-Length: 3", "abc"), "|400");
    row("a list of lengths", post("Content-Length: 3,5", "abc"), "|400");
    for (const char *bad : {"-1", "+3", "abc", "0x3", "3 3", "", "9223372036854775808", "18446744073709551615",
                            "123456789012345678901234567890"})
        QTest::addRow("length \"%s\"", bad) << post(QByteArray("Content-Length: ") + bad, "abc") << QByteArray("|400");
    row("length and chunked", post("Content-Length: 3\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), "|400");
    row("xchunked", post("Transfer-Encoding: xchunked", ""), "|501");
    row("chunked, gzip", post("Transfer-Encoding: chunked, gzip", ""), "|501");
    row("gzip, chunked", post("Transfer-Encoding: gzip, chunked", ""), "|501");
    row("gzip and a length", post("Transfer-Encoding: gzip\r\nContent-Length: 3", "abc"), "|501");
    row("chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", ""), "|400");
    row("chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "|400");
}

void addChunks()
{
    row("chunks", chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), "|POST / abcde");
    row("chunks and a request", chunked("1\r\na\r\n0\r\n\r\n") + line("GET / HTTP/1.1"), "|POST / a|GET /");
    row("no chunks", chunked("0\r\n\r\n"), "|POST / ");
    row("upper-case size", chunked("A\r\n0123456789\r\n0\r\n\r\n"), "|POST / 0123456789");
    row("extension", chunked("3;a=\"b\"\r\nabc\r\n0;x\r\n\r\n"), "|POST / abc");
    row("long extension", chunked("3;" + QByteArray(30, 'x') + "\r\nabc\r\n0\r\n\r\n"), "|POST /|400");
    row("trailers", chunked("1\r\na\r\n0\r\nA: b\r\nC: d\r\n\r\n"), "|POST / a");
    row("folded trailer", chunked("0\r\nA: b\r\n c\r\n\r\n"), "|POST /|400");
    row("trailer without colon", chunked("0\r\nA\r\n\r\n"), "|POST /|400");
    row("long trailers", chunked("0\r\nA: " + QByteArray(120, 'x') + "\r\n\r\n"), "|POST /|431");
    row("size zz", chunked("zz\r\n"), "|POST /|400");
    row("size 0x3", chunked("0x3\r\nabc\r\n0\r\n\r\n"), "|POST /|400");
    row("size -5", chunked("-5\r\n"), "|POST /|400");
    row("empty size", chunked("\r\nabc\r\n"), "|POST /|400");
    row("size of 17 digits", chunked("10000000000000003\r\nabc\r\n"), "|POST /|400");
    row("huge size", chunked("fffffffffffffff\r\n"), "|POST /|413");
    row("chunks above the limit", chunked("1000\r\n" + QByteArray(4096, 'x') + "\r\n1\r\n"), "|POST /|413");
    row("bare LF after the size", chunked("3\nabc\r\n0\r\n\r\n"), "|POST /|400");
    row("no CR LF after the data", chunked("3\r\nabcde\r\n"), "|POST /|400");
    row("space after the size", chunked("3 \r\nabc\r\n0\r\n\r\n"), "|POST /|400");
    row("bare LF at the end", chunked("0\r\n\n"), "|POST /|400");
}

} // namespace

void RequestParser::everyInputHasOneVerdictHoweverItIsCut_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("verdict");
    addRequestLines();
    addFields();
    addLengths();
    addChunks();
}

void RequestParser::everyInputHasOneVerdictHoweverItIsCut()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, verdict);
    QCOMPARE(QByteArray::fromStdString(verdictOn(whole(bytes))), verdict);
    QCOMPARE(QByteArray::fromStdString(verdictOn(byteByByte(bytes))), verdict);
}

QTEST_APPLESS_MAIN(RequestParser)
#include "tst_requestparser.moc"
