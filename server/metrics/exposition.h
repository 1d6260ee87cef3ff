// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <initializer_list>
#include <span>
#include <utility>

namespace quoin::server {

/// Writes metrics for Prometheus: its text format 0.0.4, or OpenMetrics 1.0, which differ in a few places. Families are
/// written one after the other, each with all of its samples. Names are given as written; labels may be any text.
class Exposition
{
public:
    enum class Format { Text, OpenMetrics };
    using Label = std::pair<const char *, QByteArrayView>;
    using Labels = std::initializer_list<Label>;

    explicit Exposition(Format format)
        : m_format(format)
    {
    }

    /// What follows are its samples. name of a counter: without "_total", which is added where it belongs.
    void counter(const char *name, const char *help) { begin(name, "counter", help, "_total"); }
    void gauge(const char *name, const char *help) { begin(name, "gauge", help, ""); }
    void histogram(const char *name, const char *help) { begin(name, "histogram", help, ""); }

    void sample(quint64 value, Labels labels = {});
    void sample(double value, Labels labels = {});
    /// buckets: one more than bounds. perUnit: how many make one in what is written, such as 1e6 microseconds.
    void sample(std::span<const quint64> bounds, std::span<const quint64> buckets, quint64 sum, double perUnit,
                Labels labels = {});

    /// The whole page. Once.
    QByteArray finish();
    static QByteArray contentType(Format format);

private:
    void begin(const char *name, const char *kind, const char *help, const char *suffix);
    void add(const char *suffix, Labels labels, QByteArrayView bound, QByteArrayView value);
    void addLabel(const char *name, QByteArrayView value, bool isFirst);

    const Format m_format;
    const char *m_name = "";
    const char *m_suffix = "";
    QByteArray m_text;
};

} // namespace quoin::server
