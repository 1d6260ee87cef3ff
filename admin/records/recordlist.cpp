// SPDX-License-Identifier: GPL-3.0-only
#include "records/recordlist.h"

#include <QHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr qsizetype previewLength = 300;
constexpr int mostNames = 200; // of records whose names are values, there is no end

QByteArrayView textOf(QByteArrayView json, const JsonToken &token)
{
    return json.sliced(token.begin, token.end - token.begin);
}

void takeMember(ListedRecord &record, QByteArrayView name, QByteArrayView text, JsonKind kind)
{
    if (name == "\"id\"") {
        record.id = text.toLongLong();
    } else if (name == "\"size\"") {
        record.size = text.toLongLong();
    } else if (name == "\"created\"") {
        record.created = jsonStringText(text);
    } else if (name == "\"data\"") {
        record.data = text.toByteArray();
    } else if (name == "\"text\"" && kind == JsonKind::String) {
        record.data = jsonStringText(text).toUtf8();
    } else if (name == "\"truncated\"") {
        record.isTruncated = kind == JsonKind::True;
    } else if (name == "\"invalid\"") {
        record.isInvalid = kind == JsonKind::True;
    }
}

bool readRecords(QByteArrayView json, JsonScanner &scanner, QList<ListedRecord> &records)
{
    if (scanner.next().kind != JsonKind::ArrayBegin)
        return false;
    while (true) {
        const JsonToken begin = scanner.next();
        if (begin.kind == JsonKind::ArrayEnd)
            return true;
        if (begin.kind != JsonKind::ObjectBegin)
            return false;
        ListedRecord record;
        JsonToken key = scanner.next();
        for (; key.kind == JsonKind::Key; key = scanner.next()) {
            const JsonToken value = scanner.nextValue();
            if (value.kind == JsonKind::Fault)
                return false;
            takeMember(record, textOf(json, key), textOf(json, value), value.kind);
        }
        if (key.kind != JsonKind::ObjectEnd)
            return false;
        records << record;
    }
}

} // namespace

std::optional<RecordList> readRecordList(QByteArrayView json)
{
    JsonScanner scanner(json);
    RecordList list;
    bool hasResults = false;
    if (scanner.next().kind != JsonKind::ObjectBegin)
        return {};
    JsonToken key = scanner.next();
    for (; key.kind == JsonKind::Key; key = scanner.next()) {
        if (textOf(json, key) == "\"results\"") {
            hasResults = true;
            if (!readRecords(json, scanner, list.records))
                return {};
            continue;
        }
        const JsonToken value = scanner.nextValue();
        if (value.kind == JsonKind::Fault)
            return {};
        if (textOf(json, key) == "\"next\"" && value.kind == JsonKind::String)
            list.next = jsonStringText(textOf(json, value));
    }
    if (key.kind != JsonKind::ObjectEnd || !hasResults)
        return {};
    return list;
}

std::optional<QByteArray> recordData(const QByteArray &answer)
{
    static const QByteArray name = "\"data\":";
    const auto begin = answer.first(std::min<qsizetype>(answer.size(), 64)).indexOf(name);
    const auto end = answer.lastIndexOf('}');
    if (begin < 0 || end < begin + name.size() || !answer.startsWith("{\"id\":"))
        return {};
    return answer.sliced(begin + name.size(), end - begin - name.size()).trimmed();
}

RecordRow rowOf(const ListedRecord &record, const QList<JsonPath> &paths)
{
    RecordRow row{record.id, record.size, record.created, {}, {}, record.isTruncated, record.isInvalid};
    for (const JsonPath &path : paths)
        row.cells << (record.isInvalid ? QString() : path.value(record.data));
    const QByteArrayView beginning = QByteArrayView(record.data).first(std::min(record.data.size(), 4 * previewLength));
    row.preview = QString::fromUtf8(record.isInvalid ? beginning.toByteArray() : compactJson(beginning));
    row.preview.truncate(previewLength);
    return row;
}

QList<RecordRow> rowsOf(const QList<ListedRecord> &records, const QList<JsonPath> &paths)
{
    QList<RecordRow> rows;
    rows.reserve(records.size());
    for (const ListedRecord &record : records)
        rows << rowOf(record, paths);
    return rows;
}

QStringList namesIn(const QList<ListedRecord> &records)
{
    QHash<QString, int> scores;
    QStringList names;
    for (const ListedRecord &record : records) {
        JsonScanner scanner(record.data);
        if (record.isInvalid || scanner.next().kind != JsonKind::ObjectBegin)
            continue;
        for (JsonToken key = scanner.next(); key.kind == JsonKind::Key; key = scanner.next()) {
            const QString name = jsonStringText(textOf(record.data, key));
            const JsonToken value = scanner.nextValue();
            if (!scores.contains(name)) {
                if (names.size() >= mostNames)
                    continue;
                names << name;
            }
            scores[name] += value.isScalar() ? 1001 : 1000;
        }
    }
    // Stable: among equals the order of the records stays.
    std::ranges::stable_sort(names, [&](const QString &a, const QString &b) { return scores[a] > scores[b]; });
    return names;
}

} // namespace admin
