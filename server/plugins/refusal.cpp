// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/refusal.h"

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

QString escaped(const QString &value)
{
    QString result;
    for (const QChar c : value) {
        if (c == u'"' || c == u'\\')
            result += u'\\';
        if (c.category() == QChar::Other_Control)
            result += u"\\u%1"_s.arg(c.unicode(), 4, 16, QLatin1Char('0'));
        else
            result += c;
    }
    return result;
}

QString quoted(const QString &value) { return u'"' + escaped(value) + u'"'; }

/// Quotes only where a reader would stumble, so that most lines stay plain.
QString plain(const QString &value)
{
    const QString text = escaped(value);
    return text == value && !text.contains(u' ') && !text.contains(u'=') ? value : u'"' + text + u'"';
}

} // namespace

QString phaseName(Phase phase)
{
    switch (phase) {
    case Phase::Folder:
        return u"folder"_s;
    case Phase::Take:
        return u"take"_s;
    case Phase::Lint:
        return u"lint"_s;
    case Phase::Trust:
        return u"trust"_s;
    case Phase::Metadata:
        return u"metadata"_s;
    case Phase::Probe:
        return u"probe"_s;
    case Phase::Resolve:
        return u"resolve"_s;
    case Phase::Load:
        return u"load"_s;
    case Phase::Describe:
        return u"describe"_s;
    case Phase::Conflict:
        return u"conflict"_s;
    case Phase::Start:
        return u"start"_s;
    }
    return u"unknown"_s;
}

QString Refusal::toLine() const
{
    QString line = u"refused file="_s + plain(file);
    if (!id.isEmpty())
        line += u" plugin="_s + plain(id);
    if (!version.isEmpty())
        line += u" version="_s + plain(version);
    line += u" phase="_s + phaseName(phase) + u" reason="_s + quoted(reason);
    if (!remedy.isEmpty())
        line += u" remedy="_s + quoted(remedy);
    return line;
}

} // namespace quoin::plugins
