// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/probe.h"

#include "plugins/confinement.h"
#include "plugins/describer.h"
#include "plugins/loader.h"
#include "plugins/refusal.h"

#include <QFileInfo>
#include <QJsonDocument>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

/// Where the report goes: what was standard output, out of reach of a plugin's printf().
class Report
{
public:
    Report()
        : m_descriptor(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 64))
    {
        ::dup2(STDERR_FILENO, STDOUT_FILENO);
    }

    void step(const char *name) { write(QByteArray(name) + '\n'); }
    void finish(const QJsonObject &object) { write(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n'); }

private:
    void write(const QByteArray &text)
    {
        for (qsizetype done = 0; done < text.size();) {
            const auto wrote = ::write(m_descriptor, text.data() + done, static_cast<size_t>(text.size() - done));
            if (wrote < 0 && errno != EINTR)
                ::_exit(1); // nobody reads any more
            done += wrote < 0 ? 0 : wrote;
        }
    }

    const int m_descriptor;
};

QJsonObject refusal(Phase phase, const Fault &fault)
{
    return {{u"phase"_s, phaseName(phase)}, {u"reason"_s, fault.reason}, {u"remedy"_s, fault.remedy}};
}

QJsonObject look(const QString &copy, Report &report)
{
    Fault fault;
    report.step("load");
    Plugin *const plugin = loadPlugin(copy, &fault, [&report] { report.step("construct"); });
    if (!plugin)
        return refusal(Phase::Load, fault);
    report.step("describe");
    const auto description = describe(*plugin, QFileInfo(copy).fileName().chopped(3));
    if (!description)
        return refusal(Phase::Describe, {description.error().message(), u"mend its describe()"_s});
    return description->facts().toJson();
}

} // namespace

void probeMain(const QString &copy)
{
    Report report;
    confineThisProcess();
    const QJsonObject result = look(copy, report);
    report.step("done");
    report.finish(result);
    // Not exit(): the plugin's destructors have no part in this.
    ::_exit(0);
}

} // namespace quoin::plugins
