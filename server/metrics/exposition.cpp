// SPDX-License-Identifier: GPL-3.0-only
#include "metrics/exposition.h"

#include <QString>

#include <array>
#include <charconv>

namespace quoin::server {

namespace {

/// The shortest text that reads as this very number.
template <class... Style>
QByteArray textOf(double number, Style... style)
{
    std::array<char, 32> text;
    const auto written = std::to_chars(text.data(), text.data() + text.size(), number, style...);
    return QByteArray(text.data(), written.ptr - text.data());
}

/// Without an exponent, as everybody else writes a bound: queries name it by its text.
QByteArray boundText(double bound, Exposition::Format format)
{
    QByteArray text = textOf(bound, std::chars_format::fixed);
    if (format == Exposition::Format::OpenMetrics && !text.contains('.'))
        text += ".0"; // there, a bound is written as a number that need not be whole
    return text;
}

/// UTF-8 whatever it was.
QByteArray escaped(QByteArrayView value)
{
    QByteArray text = QString::fromUtf8(value).toUtf8();
    return text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
}

} // namespace

void Exposition::begin(const char *name, const char *kind, const char *help, const char *suffix)
{
    m_name = name;
    m_suffix = suffix;
    const char *const told = m_format == Format::Text ? suffix : ""; // OpenMetrics names the family without it
    m_text.append("# HELP ").append(name).append(told).append(' ').append(help);
    m_text.append("\n# TYPE ").append(name).append(told).append(' ').append(kind).append('\n');
}

void Exposition::addLabel(const char *name, QByteArrayView value, bool isFirst)
{
    m_text.append(isFirst ? '{' : ',').append(name).append("=\"").append(escaped(value)).append('"');
}

void Exposition::add(const char *suffix, Labels labels, QByteArrayView bound, QByteArrayView value)
{
    m_text.append(m_name).append(suffix);
    bool isFirst = true;
    for (const auto &[name, text] : labels)
        addLabel(name, text, std::exchange(isFirst, false));
    if (!bound.isEmpty())
        addLabel("le", bound, std::exchange(isFirst, false));
    if (!isFirst)
        m_text.append('}');
    m_text.append(' ').append(value).append('\n');
}

void Exposition::sample(quint64 value, Labels labels) { add(m_suffix, labels, {}, QByteArray::number(value)); }

void Exposition::sample(double value, Labels labels) { add(m_suffix, labels, {}, textOf(value)); }

void Exposition::sample(std::span<const quint64> bounds, std::span<const quint64> buckets, quint64 sum, double perUnit,
                        Labels labels)
{
    quint64 count = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        count += buckets[i];
        add("_bucket", labels, boundText(static_cast<double>(bounds[i]) / perUnit, m_format),
            QByteArray::number(count));
    }
    count += buckets[bounds.size()];
    add("_bucket", labels, "+Inf", QByteArray::number(count));
    add("_sum", labels, {}, textOf(static_cast<double>(sum) / perUnit));
    add("_count", labels, {}, QByteArray::number(count));
}

QByteArray Exposition::finish()
{
    if (m_format == Format::OpenMetrics)
        m_text.append("# EOF\n");
    return std::move(m_text);
}

QByteArray Exposition::contentType(Format format)
{
    return format == Format::Text ? QByteArrayLiteral("text/plain; version=0.0.4; charset=utf-8")
                                  : QByteArrayLiteral("application/openmetrics-text; version=1.0.0; charset=utf-8");
}

} // namespace quoin::server
