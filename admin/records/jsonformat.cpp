// SPDX-License-Identifier: GPL-3.0-only
#include "records/jsonformat.h"

#include "records/jsonscanner.h"

using namespace Qt::StringLiterals;

namespace admin {

namespace {

class Formatter
{
public:
    Formatter(QByteArrayView json, qsizetype longest, qsizetype longestValue)
        : m_json(json)
        , m_scanner(json)
        , m_longest(longest)
        , m_longestValue(longestValue)
    {
    }

    FormattedJson format()
    {
        while (m_result.text.size() <= m_longest) {
            const JsonToken token = m_scanner.next();
            if (token.kind == JsonKind::End)
                return m_result;
            if (token.kind == JsonKind::Fault) {
                rest();
                return m_result;
            }
            take(token);
            m_last = token;
        }
        m_result.isCut = true;
        return m_result;
    }

private:
    void take(const JsonToken &token)
    {
        using enum JsonKind;
        const bool isEnd = token.kind == ObjectEnd || token.kind == ArrayEnd;
        const bool isFirst = m_last.kind == ObjectBegin || m_last.kind == ArrayBegin;
        if (m_last.kind == Key) {
            m_result.text += u": "_s;
        } else if (m_last.kind != JsonKind::End && !(isEnd && isFirst)) {
            if (!isEnd && !isFirst)
                m_result.text += u',';
            // An opening bracket counts for what is in it, not for itself.
            const bool opens = token.kind == ObjectBegin || token.kind == ArrayBegin;
            m_result.text += u'\n' + QString(2 * (m_scanner.depth() - (opens ? 1 : 0)), u' ');
        }
        value(token);
    }

    void value(const JsonToken &token)
    {
        QByteArrayView bytes = m_json.sliced(token.begin, token.end - token.begin);
        if (m_longestValue == 0 || bytes.size() <= m_longestValue) {
            m_result.text += QString::fromUtf8(bytes);
            return;
        }
        m_result.text += QString::fromUtf8(bytes.first(m_longestValue)) + u'…';
        m_result.isCut = true;
    }

    void rest()
    {
        const qsizetype from = m_last.end;
        const qsizetype taken = std::min(m_json.size() - from, m_longest);
        m_result.text += QString::fromUtf8(m_json.sliced(from, taken));
        m_result.isCut = m_result.isCut || taken < m_json.size() - from;
    }

    QByteArrayView m_json;
    JsonScanner m_scanner;
    qsizetype m_longest, m_longestValue;
    JsonToken m_last;
    FormattedJson m_result;
};

} // namespace

FormattedJson formatJson(QByteArrayView json, qsizetype longest, qsizetype longestValue)
{
    return Formatter(json, longest, longestValue).format();
}

} // namespace admin
