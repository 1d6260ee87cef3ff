// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <QThread>

#include <chrono>

using namespace std::chrono_literals;

/// Routes that want scopes, and say what became of the request.
class Guarded final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "guarded.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        const auto say = [](const quoin::Request &request) { return quoin::Response::text(request.body()); };
        registry.get(u"/guarded/open"_s, say);
        registry.get(u"/guarded/read"_s, say).scope(u"guarded:read"_s);
        registry.post(u"/guarded/write"_s, say).scope(u"guarded:write"_s);
        registry.get(u"/guarded/look"_s, say).scope(u"admin:read"_s);
        registry.get(u"/guarded/loop"_s, &Guarded::onTheLoop).scope(u"admin:read"_s);
        registry.post(u"/guarded/change"_s, say).scope(u"admin"_s);
        registry.post(u"/guarded/change-on-the-loop"_s, &Guarded::onTheLoop).scope(u"admin"_s);
        registry
            .post(u"/guarded/fail"_s,
                  [](const quoin::Request &) -> quoin::Result<quoin::Response> {
                      return quoin::Error::conflict(u"not now"_s);
                  })
            .scope(u"admin"_s);
        registry
            .post(u"/guarded/never"_s,
                  [](const quoin::Request &) {
                      QThread::sleep(600); // until the process is killed
                      return quoin::Response::text("at last");
                  })
            .scope(u"admin"_s)
            .deadline(600s);
    }

private:
    quoin::Future<quoin::Response> onTheLoop(const quoin::Request &request)
    {
        return quoin::Response::text(request.body());
    }
};

#include "guarded.moc"
