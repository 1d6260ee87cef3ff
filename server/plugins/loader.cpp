// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/loader.h"

#include <quoin/plugin.h>

#include <QPluginLoader>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

/// Qt says "Cannot load library /store/<hash>/x.so: (/store/<hash>/x.so: undefined symbol: f)", later versions without
/// the brackets. Where the copy is helps nobody.
QString linkerReason(QString text, const QString &copy)
{
    text.remove(u"Cannot load library "_s + copy + u": "_s).remove(copy + u": "_s);
    if (text.startsWith(u'(') && text.endsWith(u')'))
        text = text.sliced(1).chopped(1);
    return text.isEmpty() ? u"it cannot be loaded"_s : text;
}

} // namespace

QJsonObject loaderMetadata(const QString &copy) { return QPluginLoader(copy).metaData(); }

Plugin *loadPlugin(const QString &copy, Fault *fault, const std::function<void()> &beforeConstructor)
{
    QPluginLoader loader(copy);
    loader.setLoadHints(QLibrary::ResolveAllSymbolsHint | QLibrary::PreventUnloadHint);
    QObject *root = nullptr;
    QString running = u"a static initialiser"_s;
    try {
        if (loader.load()) {
            running = u"its constructor"_s;
            if (beforeConstructor)
                beforeConstructor();
            root = loader.instance();
        }
    } catch (...) {
        *fault = {running + u" threw: "_s + detail::currentExceptionText(), u"move what can fail to start()"_s};
        return nullptr;
    }
    if (!root) {
        *fault = {linkerReason(loader.errorString(), copy),
                  u"link it against what is installed here, with -z defs: build it with quoin_add_plugin()"_s};
        return nullptr;
    }
    if (auto *plugin = qobject_cast<Plugin *>(root))
        return plugin;
    *fault = {u"its class %1 is no quoin::Plugin"_s.arg(QString::fromUtf8(root->metaObject()->className())),
              u"derive it from quoin::Plugin and name that in Q_INTERFACES"_s};
    return nullptr;
}

} // namespace quoin::plugins
