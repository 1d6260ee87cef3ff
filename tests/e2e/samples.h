// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QList>

#include <map>

namespace quoin::test {

/// What a page of metrics says: values by name and labels, as they are written:
/// "quoin_http_requests_total{method=\"GET\",...}".
using Samples = std::map<QByteArray, double>;

inline Samples samplesOf(const QByteArray &page)
{
    Samples samples;
    for (const QByteArray &line : page.split('\n')) {
        if (const qsizetype space = line.lastIndexOf(' '); space > 0 && !line.startsWith('#'))
            samples[line.left(space)] = line.mid(space + 1).toDouble();
    }
    return samples;
}

} // namespace quoin::test
