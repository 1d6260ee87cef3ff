// SPDX-License-Identifier: GPL-3.0-only
#include "celeryground.h"

#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// What would end a Celery worker, put into our queue by hand: it is kept with the reason, and the next task runs.
class CeleryPoisonTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whatIsNoTaskIsKeptAndTheNextRuns_data();
    void whatIsNoTaskIsKeptAndTheNextRuns();
    void whatLacksOnlyWhatNobodyNeedsRuns_data();
    void whatLacksOnlyWhatNobodyNeedsRuns();
    void aFloodOfPoisonLeavesTheLastTenThousand();
    void theWorkerIsStillTheSame();

private:
    QJsonObject genuine(const QString &text);
    void push(const QByteArray &message);
    void push(const QJsonObject &envelope) { push(QJsonDocument(envelope).toJson(QJsonDocument::Compact)); }

    CeleryGround m_ground;
    QuoinProcess *m_worker = nullptr;
    QList<qint64> m_processes;
    int m_round = 0;
};

namespace {

/// The object with the value at "properties/delivery_info/exchange" changed, or without it.
QJsonObject changed(QJsonObject object, const QStringList &path, const QJsonValue &value = QJsonValue::Undefined)
{
    if (path.size() > 1)
        object.insert(path.first(), changed(object.value(path.first()).toObject(), path.mid(1), value));
    else if (value.isUndefined())
        object.remove(path.first());
    else
        object.insert(path.first(), value);
    return object;
}

QString base64(const QByteArray &body) { return QString::fromLatin1(body.toBase64()); }

} // namespace

void CeleryPoisonTest::initTestCase()
{
    const QString missing = CeleryGround::missing();
    if (!missing.isEmpty())
        QSKIP(qPrintable(u"install the Debian package "_s + missing));
    QVERIFY(m_ground.start());
    m_worker = &m_ground.ourWorker();
    QVERIFY2(m_worker->start(), m_worker->report());
    m_processes = m_worker->children();
}

/// A message as Celery makes it, on its way to us.
QJsonObject CeleryPoisonTest::genuine(const QString &text)
{
    const QJsonObject asked{{u"task"_s, u"labour.note"_s}, {u"args"_s, QJsonArray{text}}};
    const QJsonObject answer = m_ground.client().ask(u"envelope"_s, asked);
    const auto envelope = QJsonDocument::fromJson(answer.value(u"text"_s).toString().toUtf8()).object();
    return changed(envelope, {u"properties"_s, u"delivery_info"_s, u"routing_key"_s}, u"quoin"_s);
}

void CeleryPoisonTest::push(const QByteArray &message)
{
    m_ground.redis().cli({u"LPUSH"_s, u"quoin"_s, QString::fromUtf8(message)});
}

void CeleryPoisonTest::whatIsNoTaskIsKeptAndTheNextRuns_data()
{
    QTest::addColumn<QStringList>("path");
    QTest::addColumn<QJsonValue>("value"); ///< Undefined: the field is missing.
    const auto without = [](const char *path) {
        QTest::addRow("without %s", path) << QString::fromLatin1(path).split(u'/') << QJsonValue(QJsonValue::Undefined);
    };
    for (const char *path : {"body", "content-type", "headers", "headers/task", "headers/id", "properties",
                             "properties/delivery_tag", "properties/delivery_info", "properties/delivery_info/exchange",
                             "properties/delivery_info/routing_key", "properties/body_encoding"})
        without(path);
    const auto with = [](const char *what, const char *path, const QJsonValue &value) {
        QTest::addRow("%s", what) << QString::fromLatin1(path).split(u'/') << value;
    };
    with("a body of two elements", "body", base64("[[\"x\"],{}]"));
    with("a body that is no JSON", "body", base64("[[\"x\"],{},"));
    with("a body that is no base64", "body", u"*** not base64 ***"_s);
    with("a body that is a number", "body", 17);
    with("kwargs that are null", "body", base64("[[\"x\"],null,{}]"));
    with("arguments that are an object", "body", base64("[{},{},{}]"));
    with("headers that are a list", "headers", QJsonArray{1, 2});
    with("an id that is null", "headers/id", QJsonValue::Null);
    with("a task that is a number", "headers/task", 5);
    with("an eta that is a number", "headers/eta", 1'800'000'000);
    with("an eta that is no time", "headers/eta", u"tomorrow"_s);
    with("properties that are null", "properties", QJsonValue::Null);
    with("a pickled body", "content-type", u"application/x-python-serialize"_s);
    with("no JSON at all", "", u"this is no JSON {"_s);
    with("nothing", "", u""_s);
    with("a JSON list", "", u"[1,2,3]"_s);
    with("a JSON number", "", u"42"_s);
    with("deep nesting", "", QString(100'000, u'['));
}

/// Some of these Celery fails instead, with a result that says why; what matters is that it is told and that the worker
/// lives.
void CeleryPoisonTest::whatIsNoTaskIsKeptAndTheNextRuns()
{
    QFETCH(const QStringList, path);
    QFETCH(const QJsonValue, value);
    const QString text = u"poisoned %1"_s.arg(++m_round);
    const QJsonObject envelope = genuine(text);
    const QString id = envelope.value(u"headers"_s)[u"id"_s].toString();
    const auto lettersBefore = m_ground.deadLetters().size();
    if (path.first().isEmpty())
        push(value.toString().toUtf8());
    else
        push(changed(envelope, path, value));
    push(genuine(u"good %1"_s.arg(m_round)));

    const QByteArray next = "\"good " + QByteArray::number(m_round) + '"';
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground.noted().contains(next), m_worker->report(), 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground.whatIsLeft(), QString(), 20'000);
    QVERIFY(!m_ground.noted().contains('"' + text.toUtf8() + '"'));
    const bool isKept = m_ground.deadLetters().size() == lettersBefore + 1;
    const bool isFailed = m_ground.client().state(id) == u"FAILURE"_s;
    QVERIFY2(isKept || isFailed, m_worker->report());
    if (isKept) {
        const auto letter = QJsonDocument::fromJson(m_ground.deadLetters().first()).object();
        QVERIFY2(!letter.value(u"reason"_s).toString().isEmpty(), m_ground.deadLetters().first());
        QCOMPARE(letter.value(u"queue"_s), QJsonValue(u"quoin"_s));
        qInfo().noquote() << "kept:" << letter.value(u"reason"_s).toString();
    } else {
        qInfo().noquote() << "failed:" << QJsonDocument(m_ground.client().get(id)).toJson(QJsonDocument::Compact);
    }
    QCOMPARE(m_worker->children(), m_processes);
}

void CeleryPoisonTest::whatLacksOnlyWhatNobodyNeedsRuns_data()
{
    QTest::addColumn<QStringList>("path");
    QTest::addColumn<QJsonValue>("value");
    for (const char *name :
         {"content-encoding", "headers/lang", "headers/shadow", "headers/eta", "headers/expires", "headers/group",
          "headers/group_index", "headers/retries", "headers/timelimit", "headers/root_id", "headers/parent_id",
          "headers/argsrepr", "headers/kwargsrepr", "headers/origin", "headers/ignore_result",
          "properties/correlation_id", "properties/reply_to", "properties/delivery_mode", "properties/priority"})
        QTest::addRow("without %s", name) << QString::fromLatin1(name).split(u'/') << QJsonValue(QJsonValue::Undefined);
    QTest::newRow("retries: null") << QStringList{u"headers"_s, u"retries"_s} << QJsonValue(QJsonValue::Null);
    QTest::newRow("timelimit: null") << QStringList{u"headers"_s, u"timelimit"_s} << QJsonValue(QJsonValue::Null);
    QTest::newRow("an id of another form") << QStringList{u"headers"_s, u"id"_s} << QJsonValue(u"not-a-uuid"_s);
    QTest::newRow("a tag that is a number") << QStringList{u"properties"_s, u"delivery_tag"_s} << QJsonValue(123456);
    QTest::newRow("another language") << QStringList{u"headers"_s, u"lang"_s} << QJsonValue(u"rust"_s);
    QTest::newRow("an empty embed") << QStringList{u"body"_s} << QJsonValue(base64("[[\"TEXT\"],{},{}]"));
    QTest::newRow("embed: null") << QStringList{u"body"_s} << QJsonValue(base64("[[\"TEXT\"],{},null]"));
}

void CeleryPoisonTest::whatLacksOnlyWhatNobodyNeedsRuns()
{
    QFETCH(const QStringList, path);
    QFETCH(QJsonValue, value);
    const QByteArray text = "enough " + QByteArray::number(++m_round);
    if (path.first() == u"body"_s)
        value = base64(QByteArray::fromBase64(value.toString().toLatin1()).replace("TEXT", text));
    push(changed(genuine(QString::fromUtf8(text)), path, value));
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground.noted().contains('"' + text + '"'), m_worker->report(), 20'000);
}

void CeleryPoisonTest::aFloodOfPoisonLeavesTheLastTenThousand()
{
    const QString script = u"for i = 1, 12000 do redis.call('LPUSH', KEYS[1], 'poison ' .. i) end"_s;
    m_ground.redis().cli({u"EVAL"_s, script, u"1"_s, u"quoin"_s});
    push(genuine(u"after the flood"_s));
    QTRY_VERIFY_WITH_TIMEOUT(m_ground.noted().contains("\"after the flood\""), 60'000);
    QCOMPARE(m_ground.redis().cli({u"LLEN"_s, u"quoin:dead"_s}), "10000");
}

void CeleryPoisonTest::theWorkerIsStillTheSame()
{
    QCOMPARE(m_worker->children(), m_processes);
    m_worker->terminate();
    QVERIFY2(m_worker->waitForExit() == 0, m_worker->report());
    QCOMPARE(m_ground.whatIsLeft(), QString());
}

QTEST_GUILESS_MAIN(CeleryPoisonTest)
#include "tst_celerypoison.moc"
