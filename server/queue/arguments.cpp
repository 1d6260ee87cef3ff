// SPDX-License-Identifier: GPL-3.0-only
#include "queue/arguments.h"

#include "json/check.h"
#include "json/elements.h"

#include <QString>

using namespace Qt::StringLiterals;

namespace quoin::queue {

Result<> checkArguments(QByteArrayView text)
{
    if (const json::Fault fault = json::check(text, json::largestDepth))
        return Error::invalid(
            u"The arguments of a task must be one JSON array: %1, at byte %2."_s.arg(QLatin1StringView(fault.sentence))
                .arg(fault.offset));
    if (!text.trimmed().startsWith('['))
        return Error::invalid(u"The arguments of a task must be a JSON array, not another value."_s);
    return {};
}

Result<QList<QByteArray>> splitArguments(QByteArrayView text)
{
    if (const auto checked = checkArguments(text); !checked)
        return checked.error();
    QList<QByteArray> elements;
    for (const QByteArrayView element : json::elements(text))
        elements.append(element.toByteArray());
    return elements;
}

} // namespace quoin::queue
