// SPDX-License-Identifier: MIT
#include "imagerequest.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace iiif {

using quoin::Error;
using quoin::Result;

namespace {

// Section 4: at most 10 decimals, and a zero before the point. Up to 15 digits a double is exact.
const QString number = u"([0-9]{1,15}(?:\\.[0-9]{1,10})?)"_s;
const QString integer = u"([0-9]{1,15})"_s;

QRegularExpressionMatch matched(const QString &pattern, const QString &text)
{
    return QRegularExpression(QRegularExpression::anchoredPattern(pattern)).match(text);
}

Result<RegionParameter> parseRegion(const QString &text)
{
    using enum RegionParameter::Form;
    if (text == u"full")
        return RegionParameter{Full};
    if (text == u"square")
        return RegionParameter{Square};
    static const QString pixels = QStringList(4, integer).join(u',');
    static const QString percent = u"pct:"_s + QStringList(4, number).join(u',');
    for (const auto &[form, pattern] : {std::pair(Pixels, pixels), std::pair(Percent, percent)}) {
        const auto match = matched(pattern, text);
        if (!match.hasMatch())
            continue;
        RegionParameter region{form};
        for (int i = 0; i < 4; ++i)
            region.numbers[static_cast<std::size_t>(i)] = match.captured(i + 1).toDouble();
        return region;
    }
    return refusal(u"region"_s, text,
                   u"allowed are full, square, x,y,w,h in pixels such as 0,0,512,512, and pct:x,y,w,h such as "
                   u"pct:25,25,50,50"_s);
}

Result<SizeParameter> parseSize(const QString &text)
{
    using enum SizeParameter::Form;
    if (text == u"full")
        return SizeParameter{Full};
    if (text == u"max")
        return SizeParameter{Max};
    if (const auto match = matched(u"pct:"_s + number, text); match.hasMatch())
        return SizeParameter{Percent, 0, 0, match.captured(1).toDouble()};
    if (const auto match = matched(integer + u',', text); match.hasMatch())
        return SizeParameter{Width, match.captured(1).toDouble()};
    if (const auto match = matched(u',' + integer, text); match.hasMatch())
        return SizeParameter{Height, 0, match.captured(1).toDouble()};
    if (const auto match = matched(u"(!?)"_s + integer + u',' + integer, text); match.hasMatch()) {
        const auto form = match.capturedLength(1) > 0 ? Confined : Exact;
        return SizeParameter{form, match.captured(2).toDouble(), match.captured(3).toDouble()};
    }
    return refusal(u"size"_s, text, u"allowed are full, max, w, such as 200, and ,h and w,h and !w,h and pct:n"_s);
}

Result<Rotation> parseRotation(const QString &text)
{
    const auto match = matched(u"(!?)"_s + number, text);
    const double degrees = match.captured(2).toDouble();
    if (!match.hasMatch() || degrees > 360)
        return refusal(u"rotation"_s, text, u"allowed are degrees from 0 to 360, with ! before them to mirror first"_s);
    return Rotation{match.capturedLength(1) > 0, degrees == 360 ? 0 : degrees};
}

Result<Quality> parseQuality(const QString &text)
{
    if (text == u"default" || text == u"color")
        return Quality::Default;
    if (text == u"gray")
        return Quality::Gray;
    if (text == u"bitonal")
        return Quality::Bitonal;
    return refusal(u"quality"_s, text, u"allowed are default, color, gray and bitonal"_s);
}

Result<Format> parseFormat(const QString &text)
{
    if (const auto format = findFormat(text.toUtf8()))
        return *format;
    QStringList allowed;
    for (const Format &format : writableFormats())
        allowed.append(QString::fromLatin1(format.extension));
    return refusal(u"format"_s, text, u"allowed after the quality are ."_s + allowed.join(u" and ."_s));
}

} // namespace

Error refusal(const QString &parameter, const QString &given, const QString &sentence)
{
    const QString shown = given.size() > 60 ? given.first(60) + u"..."_s : given;
    return Error::invalid(u"The %1 \"%2\" is refused: %3."_s.arg(parameter, shown, sentence));
}

Result<ImageRequest> ImageRequest::parse(const QString &region, const QString &size, const QString &rotation,
                                         const QString &last)
{
    const auto point = last.lastIndexOf(u'.');
    const auto parsedRegion = parseRegion(region);
    if (!parsedRegion)
        return parsedRegion.error();
    const auto parsedSize = parseSize(size);
    if (!parsedSize)
        return parsedSize.error();
    const auto parsedRotation = parseRotation(rotation);
    if (!parsedRotation)
        return parsedRotation.error();
    const auto quality = parseQuality(point < 0 ? last : last.first(point));
    if (!quality)
        return quality.error();
    const auto format = parseFormat(point < 0 ? QString() : last.sliced(point + 1));
    if (!format)
        return format.error();
    return ImageRequest{*parsedRegion, *parsedSize, *parsedRotation, *quality, *format};
}

} // namespace iiif
