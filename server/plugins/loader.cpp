// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/loader.h"

#include <quoin/plugin.h>

#include <QPluginLoader>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

QJsonObject loaderMetadata(const QString &copy)
{
    return QPluginLoader(copy).metaData();
}

Plugin *loadPlugin(const QString &copy, Fault *fault)
{
    QPluginLoader loader(copy);
    loader.setLoadHints(QLibrary::ResolveAllSymbolsHint | QLibrary::PreventUnloadHint);
    QObject *root = nullptr;
    try {
        root = loader.instance();
    } catch (...) {
        *fault = {u"its constructor threw: "_s + detail::currentExceptionText(),
                  u"move what can fail from the constructor to start()"_s};
        return nullptr;
    }
    if (!root) {
        // "Cannot load library /store/<hash>/x.so: <what the dynamic linker says>": where the copy is helps nobody.
        QString reason = loader.errorString();
        reason.replace(copy + u": "_s, QString()).replace(u"Cannot load library "_s + copy + u": "_s, QString());
        *fault = {reason, u"link it against what is installed here, with -z defs: build it with quoin_add_plugin()"_s};
        return nullptr;
    }
    if (auto *plugin = qobject_cast<Plugin *>(root))
        return plugin;
    *fault = {u"its class %1 is no quoin::Plugin"_s.arg(QString::fromUtf8(root->metaObject()->className())),
              u"derive it from quoin::Plugin and name that in Q_INTERFACES"_s};
    return nullptr;
}

} // namespace quoin::plugins
