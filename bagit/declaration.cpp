// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/declaration.h"

#include <algorithm>
#include <array>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

// The versions published, RFC 8493 and its drafts; they differ in nothing else that is checked here than Version's
// users say.
constexpr std::array<Version, 6> knownVersions{{{0, 93}, {0, 94}, {0, 95}, {0, 96}, {0, 97}, {1, 0}}};

std::optional<Version> parseVersion(const QByteArray &text)
{
    for (const Version &known : knownVersions) {
        if (text == QByteArray::number(known.major) + '.' + QByteArray::number(known.minor))
            return known;
    }
    return std::nullopt;
}

void refuse(Report &report, const QString &sentence) { report.add(FaultKind::BadDeclaration, "bagit.txt", sentence); }

std::optional<qint64> digits(const QByteArray &text)
{
    bool isNumber = false;
    const qint64 number = text.toLongLong(&isNumber);
    if (!isNumber || number < 0
        || !std::all_of(text.cbegin(), text.cend(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    return number;
}

std::optional<Oxum> oxumOf(const QByteArray &text)
{
    const QList<QByteArray> parts = text.split('.');
    if (parts.size() != 2)
        return std::nullopt;
    const auto bytes = digits(parts[0]);
    const auto files = digits(parts[1]);
    if (!bytes || !files)
        return std::nullopt;
    return Oxum{*bytes, *files};
}

} // namespace

Declaration parseDeclaration(const QByteArray &bytes, Report &report)
{
    static const QByteArray versionLabel = "BagIt-Version: ";
    static const QByteArray encodingLabel = "Tag-File-Character-Encoding: ";

    Declaration declaration;
    if (bytes.startsWith("\xEF\xBB\xBF"))
        return refuse(report, u"bagit.txt begins with a byte order mark; it must not."_s), declaration;
    const QList<QByteArray> lines = linesOf(bytes);
    if (lines.size() != 2 || !lines[0].startsWith(versionLabel) || !lines[1].startsWith(encodingLabel)) {
        refuse(report,
               u"bagit.txt is not the two lines \"BagIt-Version: M.N\" and \"Tag-File-Character-Encoding: UTF-8\"."_s);
        return declaration;
    }

    const QByteArray version = lines[0].sliced(versionLabel.size());
    if (const auto known = parseVersion(version))
        declaration.version = *known;
    else
        refuse(report, u"bagit.txt declares version \"%1\"; 1.0 and 0.93 to 0.97 are known."_s.arg(shown(version)));

    const QByteArray encoding = lines[1].sliced(encodingLabel.size());
    if (QStringConverter::encodingForName(encoding.constData()))
        declaration.encoding = encoding;
    else
        refuse(report, u"bagit.txt declares the encoding \"%1\", which is not known here."_s.arg(shown(encoding)));
    return declaration;
}

std::optional<QByteArray> toUtf8(const QByteArray &bytes, const QByteArray &encoding)
{
    const auto known = QStringConverter::encodingForName(encoding.constData());
    QStringDecoder decoder(known.value_or(QStringConverter::Utf8));
    const QString text = decoder(bytes);
    if (decoder.hasError())
        return std::nullopt;
    return known == QStringConverter::Utf8 ? bytes : text.toUtf8();
}

std::optional<Oxum> parseOxum(const QByteArray &bagInfoUtf8, Report &report)
{
    std::optional<Oxum> found;
    for (const QByteArray &line : linesOf(bagInfoUtf8)) {
        const qsizetype colon = line.indexOf(':');
        if (colon < 0 || line.first(colon).compare("Payload-Oxum", Qt::CaseInsensitive) != 0)
            continue;
        const QByteArray text = line.sliced(colon + 1).trimmed();
        const auto oxum = oxumOf(text);
        if (!oxum) {
            report.add(FaultKind::WrongOxum, "bag-info.txt",
                       u"Payload-Oxum \"%1\" in bag-info.txt is not \"<bytes>.<files>\"."_s.arg(shown(text)));
        } else if (found && (found->bytes != oxum->bytes || found->files != oxum->files)) {
            report.add(FaultKind::WrongOxum, "bag-info.txt", u"bag-info.txt has two different Payload-Oxum."_s);
        } else {
            found = oxum;
        }
    }
    return found;
}

} // namespace quoin::bagit
