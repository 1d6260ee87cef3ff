// SPDX-License-Identifier: GPL-3.0-only
#include "queue/arguments.h"

#include "queue/jsonscanner.h"

#include <QString>

namespace quoin::queue {

using namespace Qt::StringLiterals;

namespace {

Error fault(qsizetype offset)
{
    return Error::invalid(u"The arguments of a task must be one JSON array; the fault is at byte %1."_s.arg(offset));
}

template <class Sink>
Result<> scan(QByteArrayView text, Sink sink)
{
    if (!text.isValidUtf8())
        return Error::invalid(u"The arguments of a task must be UTF-8."_s);
    JsonScanner scanner(text);
    scanner.skipSpace();
    if (!scanner.take('['))
        return fault(scanner.offset());
    scanner.skipSpace();
    bool more = !scanner.take(']');
    while (more) {
        const auto element = scanner.value();
        if (!element)
            return fault(scanner.offset());
        sink(*element);
        scanner.skipSpace();
        more = scanner.take(',');
        if (!more && !scanner.take(']'))
            return fault(scanner.offset());
        scanner.skipSpace();
    }
    scanner.skipSpace();
    if (!scanner.atEnd())
        return fault(scanner.offset());
    return {};
}

} // namespace

Result<QList<QByteArray>> splitArguments(QByteArrayView text)
{
    QList<QByteArray> elements;
    const auto scanned = scan(text, [&elements](QByteArrayView element) { elements += element.toByteArray(); });
    if (!scanned)
        return scanned.error();
    return elements;
}

Result<> checkArguments(QByteArrayView text)
{
    return scan(text, [](QByteArrayView) {});
}

} // namespace quoin::queue
