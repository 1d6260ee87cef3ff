// SPDX-License-Identifier: GPL-3.0-only
#include "settings/inifile.h"

#include <QFile>
#include <QHash>
#include <QRegularExpression>
#include <QStringDecoder>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

class IniParser
{
public:
    explicit IniParser(const QString &fileName)
        : m_fileName(fileName)
    {
    }

    void takeLine(const QString &line)
    {
        ++m_line;
        if (line.isEmpty() || line.startsWith(u'#') || line.startsWith(u';'))
            return;
        if (line.startsWith(u'['))
            takeSection(line);
        else
            takeEntry(line);
    }

    IniFile finish() { return std::move(m_file); }

private:
    void takeSection(const QString &line)
    {
        static const QRegularExpression form(u"^\\[\\s*([A-Za-z0-9_.-]+)\\s*\\]$"_s);
        const auto match = form.match(line);
        m_section = match.captured(1);
        if (!match.hasMatch())
            fault(u"expected a section such as [http]"_s);
    }

    void takeEntry(const QString &line)
    {
        const qsizetype equals = line.indexOf(u'=');
        const QString name = line.left(equals).trimmed();
        if (equals < 1 || name.isEmpty())
            return fault(u"expected \"name = value\", a [section] or a comment that begins with #"_s);
        if (m_section.isEmpty())
            return fault(u"\"%1\" stands before any [section]"_s.arg(name));

        const QString key = m_section + u'.' + name;
        if (const int first = m_lines.value(key))
            return fault(u"%1 was set in line %2 already; delete one of them"_s.arg(key).arg(first));
        m_lines.insert(key, m_line);
        m_file.entries.append({key, unquoted(line.mid(equals + 1).trimmed()), m_line});
    }

    static QString unquoted(const QString &value)
    {
        const bool isQuoted = value.size() >= 2 && value.startsWith(u'"') && value.endsWith(u'"');
        return isQuoted ? value.mid(1, value.size() - 2) : value;
    }

    void fault(const QString &sentence)
    {
        m_file.faults.append(u"%1:%2: %3"_s.arg(m_fileName).arg(m_line).arg(sentence));
    }

    QString m_fileName;
    QString m_section;
    int m_line = 0;
    QHash<QString, int> m_lines;
    IniFile m_file;
};

} // namespace

IniFile parseIni(const QByteArray &text, const QString &fileName)
{
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString decoded = decoder(text);
    if (decoder.hasError())
        return {{}, {u"%1: is not UTF-8 text"_s.arg(fileName)}};

    IniParser parser(fileName);
    for (const QString &line : decoded.split(u'\n'))
        parser.takeLine(line.trimmed());
    return parser.finish();
}

IniFile readIni(const QString &fileName)
{
    constexpr qint64 largest = 1 << 20;
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        return {{}, {u"%1: cannot be read: %2"_s.arg(fileName, file.errorString())}};
    const QByteArray text = file.read(largest + 1);
    if (text.size() > largest)
        return {{}, {u"%1: is larger than 1 MiB, which no settings file is"_s.arg(fileName)}};
    return parseIni(text, fileName);
}

} // namespace quoin::server
