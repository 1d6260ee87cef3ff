// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/envelope.h"
#include "queue/celery/wrappedvalue.h"

#include "json/spans.h"
#include "json/text.h"

#include <vector>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

/// sys.int_info.default_max_str_digits, since Python 3.11 (and 3.10.7): longer integers raise ValueError.
constexpr qsizetype mostDigits = 4300;

/// Python's json recurses once a level; the limit is 1000 frames, of which a worker's own stack needs some.
constexpr std::size_t mostLevels = 700;

bool isLongInteger(QByteArrayView number)
{
    return number.size() - (number.front() == '-' ? 1 : 0) > mostDigits && !number.contains('.')
        && !number.contains('e') && !number.contains('E');
}

/// One pass with a frame for every open array and object: whether an object is one of those that matter is known at its
/// end, and looking ahead at every level would cost the square of the depth.
class Search
{
public:
    explicit Search(QByteArrayView json)
        : m_json(json)
    {
    }

    QString run();

private:
    enum class Name { Other, Type, Value };
    struct Frame
    {
        bool isObject = false;
        bool isNameNext = false;
        bool hasOthers = false;
        Name name = Name::Other; ///< Of the member that is being read.
        qsizetype begin = 0;     ///< Where its value begins.
        QByteArrayView type = {}, value = {};
    };

    QString scalar();
    void name(QByteArrayView text);
    QString open(char bracket);
    QString close();
    void endOfMember();

    const QByteArrayView m_json;
    qsizetype m_at = 0;
    std::vector<Frame> m_frames;
};

QString Search::run()
{
    while (m_at < m_json.size()) {
        QString fault;
        switch (const char c = m_json[m_at]) {
        case '[':
        case '{':
            fault = open(c);
            break;
        case ']':
        case '}':
            fault = close();
            break;
        case ',':
            endOfMember();
            m_frames.back().isNameNext = m_frames.back().isObject;
            m_at = json::behindSpace(m_json, m_at + 1);
            break;
        case ':':
            m_at = json::behindSpace(m_json, m_at + 1);
            m_frames.back().begin = m_at;
            break;
        case ' ':
        case '\t':
        case '\r':
        case '\n':
            ++m_at;
            break;
        default:
            fault = scalar();
        }
        if (!fault.isEmpty())
            return fault;
    }
    return {};
}

QString Search::scalar()
{
    const qsizetype end = json::behindValue(m_json, m_at);
    const QByteArrayView text = m_json.sliced(m_at, end - m_at);
    m_at = end;
    if (json::isString(text) && !m_frames.empty() && m_frames.back().isNameNext)
        name(text);
    else if (json::isNumber(text) && isLongInteger(text))
        return u"there is an integer of more than %1 digits, which Python does not read."_s.arg(mostDigits);
    return {};
}

void Search::name(QByteArrayView text)
{
    Frame &frame = m_frames.back();
    frame.isNameNext = false;
    frame.name = Name::Other;
    if (!frame.hasOthers) {
        const QString name = json::unquoted(text);
        if (name == "__type__"_L1)
            frame.name = Name::Type;
        else if (name == "__value__"_L1)
            frame.name = Name::Value;
    }
    frame.hasOthers = frame.hasOthers || frame.name == Name::Other;
}

QString Search::open(char bracket)
{
    if (m_frames.size() == mostLevels)
        return u"it is nested more than %1 levels deep, which Python does not read."_s.arg(mostLevels);
    m_frames.push_back({.isObject = bracket == '{', .isNameNext = bracket == '{'});
    ++m_at;
    return {};
}

QString Search::close()
{
    endOfMember();
    const Frame frame = m_frames.back();
    m_frames.pop_back();
    ++m_at;
    if (frame.hasOthers || frame.type.isEmpty() || frame.value.isEmpty() || isWrappedValue(frame.type, frame.value))
        return {};
    return u"there is an object of only \"__type__\" and \"__value__\" that Celery can make no value of."_s;
}

void Search::endOfMember()
{
    Frame &frame = m_frames.back();
    if (frame.hasOthers || frame.name == Name::Other)
        return;
    const QByteArrayView text = m_json.sliced(frame.begin, m_at - frame.begin).trimmed();
    (frame.name == Name::Type ? frame.type : frame.value) = text;
}

} // namespace

QString pythonFault(QByteArrayView json) { return Search(json).run(); }

} // namespace quoin::celery
