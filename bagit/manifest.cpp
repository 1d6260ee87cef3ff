// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/manifest.h"

#include <algorithm>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

bool isBlank(char c) { return c == ' ' || c == '\t'; }

bool isHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Cuts the text before the first blank off the front, and the blanks after it.
QByteArray takeColumn(QByteArray &line)
{
    const auto blank = std::find_if(line.cbegin(), line.cend(), isBlank);
    const QByteArray column = line.first(blank - line.cbegin());
    const auto rest = std::find_if_not(blank, line.cend(), isBlank);
    line = line.sliced(rest - line.cbegin());
    return column;
}

/// The path of a line, decoded and judged; a fault and nothing if it is not good.
std::optional<QByteArray> takePath(const QByteArray &text, const QString &where, Version version, Report &report)
{
    QByteArray relative = text;
    if (version < Version{1, 0} && relative.startsWith('*'))
        relative = relative.sliced(1); // older bags were often made with md5sum, whose mark of a binary file this is,
    if (version < Version{1, 0} && relative.startsWith("./"))
        relative = relative.sliced(2); // or with md5deep

    const auto path = decodedPath(relative, version);
    if (!path) {
        report.add(FaultKind::BadManifest, text,
                   u"%1: the path \"%2\" has a '%' that is not followed by 0A, 0D or 25."_s.arg(where, shown(text)));
        return std::nullopt;
    }
    if (const auto reason = unsafePathReason(*path)) {
        report.add(FaultKind::UnsafePath, *path, u"%1: the path \"%2\" %3."_s.arg(where, shown(*path), *reason));
        return std::nullopt;
    }
    return path;
}

QString at(const QByteArray &name, qsizetype index) { return u"%1 line %2"_s.arg(shown(name)).arg(index + 1); }

} // namespace

std::optional<QString> unsafePathReason(QByteArrayView path)
{
    if (path.isEmpty())
        return u"is empty"_s;
    if (path.startsWith('/'))
        return u"is absolute"_s;
    if (path.startsWith('~'))
        return u"begins with '~', which a shell replaces by a home folder"_s;
    if (path.size() > 1 && path[1] == ':')
        return u"begins with a drive"_s;
    for (const char c : path) {
        if (c == '\\')
            return u"has a backslash, which some systems take for a slash"_s;
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r')
            return u"has a control character"_s;
    }
    const QByteArray bytes = QByteArray::fromRawData(path.data(), path.size());
    for (const QByteArray &part : bytes.split('/')) {
        if (part == "..")
            return u"leads out of its folder by \"..\""_s;
        if (part == "." || part.isEmpty())
            return u"has a \".\" or nothing between two slashes"_s;
    }
    return std::nullopt;
}

QByteArray encodedPath(const QByteArray &path)
{
    QByteArray text = path;
    return text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
}

std::optional<QByteArray> decodedPath(const QByteArray &text, Version version)
{
    if (!text.contains('%'))
        return text;
    QByteArray path;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QByteArray code = text[i] == '%' ? text.mid(i + 1, 2).toUpper() : QByteArray();
        const bool encoded = code == "0A" || code == "0D" || (code == "25" && version >= Version{1, 0});
        if (text[i] == '%' && !encoded && version >= Version{1, 0})
            return std::nullopt;
        path += encoded ? QByteArray::fromHex(code) : QByteArray(1, text[i]);
        i += encoded ? 2 : 0;
    }
    return path;
}

QList<QByteArray> linesOf(const QByteArray &text)
{
    QByteArray normal = text;
    if (normal.contains('\r'))
        normal.replace("\r\n", "\n").replace('\r', '\n');
    if (normal.endsWith('\n'))
        normal.chop(1);
    return normal.isEmpty() ? QList<QByteArray>() : normal.split('\n');
}

Manifest parseManifest(const QByteArray &name, Algorithm algorithm, const QByteArray &utf8, bool ofPayload,
                       Version version, Report &report)
{
    Manifest manifest{name, algorithm, {}};
    const QList<QByteArray> lines = linesOf(utf8);
    for (qsizetype i = 0; i < lines.size(); ++i) {
        QByteArray line = lines[i];
        const QByteArray digest = takeColumn(line);
        if (digest.size() != hexLength(algorithm) || !std::all_of(digest.cbegin(), digest.cend(), isHex)
            || line.isEmpty()) {
            report.add(FaultKind::BadManifest, name,
                       u"%1 is not a %2 digest of %3 hexadecimal digits, white space and a path."_s.arg(at(name, i))
                           .arg(QString::fromLatin1(nameOf(algorithm)))
                           .arg(hexLength(algorithm)));
            continue;
        }
        const auto path = takePath(line, at(name, i), version, report);
        if (!path)
            continue;
        if (path->startsWith("data/") != ofPayload) {
            report.add(FaultKind::BadManifest, *path,
                       u"%1: \"%2\" is %3 data/, which a %4 does not list."_s.arg(
                           at(name, i), shown(*path), ofPayload ? u"not below"_s : u"below"_s,
                           ofPayload ? u"payload manifest"_s : u"tag manifest"_s));
        } else if (manifest.digests.contains(*path)) {
            report.add(FaultKind::BadManifest, *path,
                       u"%1: \"%2\" was listed before; each file is listed once."_s.arg(at(name, i), shown(*path)));
        } else {
            manifest.digests.insert(*path, digest.toLower());
        }
    }
    return manifest;
}

QMap<QByteArray, QByteArray> parseFetch(const QByteArray &utf8, Version version, Report &report)
{
    QMap<QByteArray, QByteArray> fetch;
    const QList<QByteArray> lines = linesOf(utf8);
    for (qsizetype i = 0; i < lines.size(); ++i) {
        QByteArray line = lines[i];
        const QByteArray url = takeColumn(line);
        const QByteArray length = takeColumn(line);
        bool isNumber = false;
        const bool good = length == "-" || (length.toLongLong(&isNumber) >= 0 && isNumber);
        if (!good || !url.contains(':') || line.isEmpty()) {
            report.add(FaultKind::BadManifest, "fetch.txt",
                       u"%1 is not an address, a length in bytes or \"-\", and a path."_s.arg(at("fetch.txt", i)));
            continue;
        }
        if (const auto path = takePath(line, at("fetch.txt", i), version, report))
            fetch.insert(*path, url);
    }
    return fetch;
}

} // namespace quoin::bagit
