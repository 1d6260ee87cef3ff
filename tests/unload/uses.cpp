// SPDX-License-Identifier: GPL-3.0-only
#include "uses.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QLoggingCategory>

#include <utility>

using namespace Qt::StringLiterals;

namespace {

/// What a log writer with a queue keeps of a message.
const char *s_category = nullptr;

void keepCategory(QtMsgType, const QMessageLogContext &context, const QString &) { s_category = context.category; }

void waitInHost(Kept &kept)
{
    kept.began.release();
    kept.goOn.acquire();
}

void rename(Host &host) { host.object.setObjectName(QString::number(1)); }

bool goOn(Host &host)
{
    host.kept.goOn.release();
    host.kept.ended.acquire();
    return host.kept.ran == 1;
}

bool spinUntilRan(Host &host)
{
    while (host.kept.ran == 0)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    return true;
}

bool finishPromise(Host &host)
{
    host.kept.promise.addResult(1);
    host.kept.promise.finish();
    return host.kept.ran == 1;
}

bool deleteDeferred(Host &host)
{
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    return host.kept.ran == 1;
}

bool readCategory(Host &) { return QByteArray(s_category) == "habits.of.data"; }

/// Goes through all categories that are registered.
bool filterCategories(Host &)
{
    QLoggingCategory::setFilterRules(u"*=true"_s);
    return true;
}

bool lookUpType(Host &) { return QMetaType::fromName("Parcel").sizeOf() > 0; }

bool typeIsForgotten(Host &host)
{
    if (QMetaType::fromName("Parcel").isValid())
        return false;
    host.loadAgain();
    return QMetaType::fromName("Parcel").sizeOf() > 0;
}

bool loadAgain(Host &host)
{
    host.loadAgain();
    return true;
}

bool ranNothing(Host &host) { return host.kept.ran == 0; }

bool endThread(Host &host)
{
    host.thread.quit();
    return host.thread.wait();
}

bool sendEvent(Host &host)
{
    QEvent event(QEvent::User);
    QCoreApplication::sendEvent(&host.object, &event);
    return host.kept.ran == 0;
}

bool matches(Host &host) { return host.kept.pattern.match(u"a literal"_s).hasMatch(); }

bool convert(Host &) { return !QVariant::fromValue(Delivery{1}).canConvert<QString>(); }

} // namespace

Host::Host()
{
    qRegisterMetaType<Delivery>();
    qInstallMessageHandler(keepCategory);
    elsewhere.moveToThread(&thread);
    thread.start();
    kept.object = &object;
    kept.elsewhere = &elsewhere;
    kept.waitInHost = waitInHost;
}

Host::~Host()
{
    thread.quit();
    thread.wait();
}

const QMap<QByteArray, Use> &uses()
{
    static const QMap<QByteArray, Use> all{
        {"function, called", [](Host &host) { return host.kept.function() == 1; }},
        {"function, destroyed", [](Host &host) { return !(host.kept.function = nullptr); }},
        {"continuation", finishPromise},
        {"concurrent job", goOn},
        {"thread", goOn},
        {"coroutine", [](Host &host) { return (host.kept.coroutine.destroy(), true); }},
        {"lambda on a signal", [](Host &host) { return (rename(host), host.kept.ran == 1); }},
        {"single shot", spinUntilRan},
        {"deleteLater", deleteDeferred},
        {"object", [](Host &host) { return (delete host.kept.foreign, true); }},
        {"shared pointer", [](Host &host) { return (host.kept.shared.reset(), true); }},
        {"exception", [](Host &host) { return !(host.kept.exception = nullptr); }},
        {"message handler", [](Host &host) { return (qWarning("said"), host.kept.ran == 1); }},
        {"post routine", [](Host &) { return true; }}, // used when the application ends

        {"meta object", [](Host &host) { return QByteArray(host.kept.metaObject->className()) == "Own"; }},
        {"string literal", [](Host &host) { return host.kept.text == u"a literal"; }},
        {"object name", [](Host &host) { return host.object.objectName() == u"a literal"; }},
        {"hash key", [](Host &host) { return host.kept.hash.contains(u"a literal"_s); }},
        {"map value", [](Host &host) { return host.kept.map.first().toString() == u"a literal"; }},
        {"byte array literal", [](Host &host) { return host.kept.bytes == "a literal"; }},
        {"pattern", matches},
        {"compiled pattern", matches},
        {"json", [](Host &host) { return host.kept.json[u"key"].toString() == u"a literal"; }},
        {"resource", [](Host &host) { return host.kept.file->readAll().startsWith("bytes"); }},
        {"category, its name read", readCategory},
        {"category, all filtered", filterCategories},

        {"variant", [](Host &host) { return (host.kept.variant.clear(), true); }},
        {"registered type, looked up", lookUpType},
        {"registered type, loaded again", loadAgain},
        {"queued struct, looked up", lookUpType},
        {"queued struct, loaded again", loadAgain},
        {"unregistered type, loaded again", typeIsForgotten},
        {"converter", convert},

        {"pattern inside", ranNothing},
        {"global static", ranNothing},
        {"inline static", ranNothing},
        {"event filter", sendEvent},
        {"child timer", [](Host &host) { return (QCoreApplication::processEvents(), host.kept.ran == 0); }},
        {"own connection", [](Host &host) { return (rename(host), host.kept.ran == 0); }},
        {"thread storage", endThread},
        {"atexit", [](Host &host) { return host.kept.ran == 1; }}, // it has run by now
    };
    return all;
}
