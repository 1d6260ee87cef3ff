// SPDX-License-Identifier: GPL-3.0-only
#include "newplugincommand.h"

#include "plugins/metadata.h"
#include "plugintemplate.h"
#include "settings/settingkeys.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTextStream>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

/// What the words between @ in the template stand for.
struct Names
{
    QString id;
    QString name;      ///< Of files and routes: the last word of the id.
    QString className; ///< "StockItems" of "org.acme.stock_items".
    QString table;     ///< "org_acme_stock_items", which no other plugin has.
};

/// The project's folder is in the include path of its sources, so time.h in it would be everybody's <time.h>.
bool isSystemHeader(const QString &name)
{
    static const QStringList compilers{u"float"_s, u"limits"_s, u"stdarg"_s, u"stdatomic"_s, u"stdbool"_s, u"stddef"_s};
    return compilers.contains(name) || QFileInfo::exists(u"/usr/include/%1.h"_s.arg(name));
}

Names namesOf(const QString &id)
{
    Names names{.id = id, .name = id.section(u'.', -1), .className = {}, .table = QString(id).replace(u'.', u'_')};
    for (const QString &word : names.name.split(u'_', Qt::SkipEmptyParts))
        names.className += word.left(1).toUpper() + word.sliced(1);
    if (isSystemHeader(names.name))
        names.name += u"_plugin"_s;
    return names;
}

QString filledIn(QString text, const Names &names)
{
    return text.replace(u"@ID@"_s, names.id)
        .replace(u"@NAME@"_s, names.name)
        .replace(u"@CLASS@"_s, names.className)
        .replace(u"@TABLE@"_s, names.table)
        .replace(u"@QUOIN@"_s, QStringLiteral(QUOIN_VERSION).section(u'.', 0, 1));
}

/// In the order in which they are worth reading.
QList<std::pair<QString, const char *>> filesOf(const Names &names)
{
    return {{u"README.md"_s, templateReadme},          {names.name + u".h"_s, templateHeader},
            {names.name + u".cpp"_s, templateSource},  {names.name + u"_test.cpp"_s, templateTest},
            {u"CMakeLists.txt"_s, templateCMakeLists}, {u".gitignore"_s, templateGitignore}};
}

Result<> checkId(const QString &id)
{
    constexpr int longest = 100; // it becomes part of file names, of which Linux allows 255 bytes
    if (!plugins::isPluginId(id) || id.size() > longest)
        return Error::invalid(
            u"\"%1\" is no plugin id: it must be lower-case words of letters, digits and '_', joined by "
            "dots, such as org.acme.orders"_s.arg(id));
    const auto keys = hostSettings(Surroundings::here()).keys();
    const bool isHosts = std::ranges::any_of(keys, [&](const SettingKey &key) { return key.group() == id; });
    if (isHosts || id == u"quoin"_s)
        return Error::invalid(
            u"\"%1\" belongs to the server itself: put the name of whoever makes the plugin before it, "
            "such as org.acme.%1"_s.arg(id));
    return {};
}

Result<> writeFile(const QString &path, const QString &text)
{
    QFile file(path);
    const QByteArray bytes = text.toUtf8();
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly) || file.write(bytes) != bytes.size() || !file.flush())
        return Error::unavailable(u"%1 cannot be written: %2"_s.arg(path, file.errorString()));
    return {};
}

} // namespace

Result<NewPlugin> writeNewPlugin(const QString &id, const QString &folder)
{
    if (const auto checked = checkId(id); !checked)
        return checked.error();
    const Names names = namesOf(id);
    NewPlugin made{.folder = QDir::cleanPath(folder.isEmpty() ? id.section(u'.', -1) : folder), .files = {}};
    const QFileInfo target(made.folder);
    if (target.exists() || target.isSymLink())
        return Error::conflict(u"%1 exists already: name another folder with --dir"_s.arg(made.folder));
    if (!QDir().mkpath(target.absolutePath()))
        return Error::unavailable(u"the folder %1 cannot be made"_s.arg(target.absolutePath()));

    QTemporaryDir draft(target.absolutePath() + u"/.quoin-plugin-new-XXXXXX"_s); // renamed when it is whole
    if (!draft.isValid())
        return Error::unavailable(
            u"nothing can be written in %1: %2"_s.arg(target.absolutePath(), draft.errorString()));
    for (const auto &[name, text] : filesOf(names)) {
        if (const auto written = writeFile(draft.filePath(name), filledIn(QString::fromUtf8(text), names)); !written)
            return written.error();
        made.files.append(name);
    }
    QFile::setPermissions(draft.path(), QFile::Permissions(0x7755)); // the temporary folder was ours alone
    if (!QDir().rename(draft.path(), target.absoluteFilePath()))
        return Error::unavailable(u"the folder %1 cannot be made"_s.arg(made.folder));
    draft.setAutoRemove(false);
    return made;
}

int newPlugin(const QString &id, const QString &folder, QTextStream &out, QTextStream &err)
{
    const auto made = writeNewPlugin(id, folder);
    if (!made) {
        err << "quoin: " << made.error().message() << Qt::endl;
        return made.error().kind() == ErrorKind::Invalid ? 2 : 1;
    }
    out << u"%1: %2\n\nNext:\n"
           "  cd %1\n"
           "  cmake -S . -B build -G Ninja\n"
           "  cmake --build build\n"
           "  ctest --test-dir build --output-on-failure\n"
           "  quoin plugin check build/%3.so\n"_s.arg(made->folder, made->files.join(u", "_s), id)
        << Qt::flush;
    return 0;
}

} // namespace quoin::server
