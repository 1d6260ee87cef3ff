// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/descriptionfacts.h"
#include "plugins/fault.h"
#include "plugins/metadata.h"
#include "plugins/refusal.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <optional>

namespace quoin::plugins {
class Trust;
}

namespace quoin::server {

/// What was found out about a plugin file without a server. A value.
struct CheckedPlugin
{
    QString file;
    qint64 size = 0;
    QByteArray sha256;                              ///< Empty if it could not be read.
    QByteArray builtWith;                           ///< Its ABI note; empty if there is none.
    std::optional<plugins::Metadata> metadata;      ///< If the gates before the probe were passed.
    std::optional<plugins::DescriptionFacts> facts; ///< If the probe was passed.
    std::optional<plugins::Refusal> refusal;        ///< Why it would not be served.

    std::optional<plugins::Fault> asUpgrade; ///< Why it would be refused while another version is live.

    bool isGood() const { return !refusal; }
};

/// How a check goes on while it goes on.
struct CheckOptions
{
    const plugins::Trust *trust = nullptr; ///< Lent; null: everybody is trusted.
    /// The gates at which no code runs are passed; what follows may take 2 s.
    std::function<void()> admitted = [] {};
};

/// Takes a private copy of any file, wherever it is and whoever owns it, looks at it without running it and tries it in
/// a process of its own, as a server does before it serves it. What only a server knows (its settings, its database,
/// other plugins, whom it trusts) is not looked at. Runs an event loop for as long as the probe takes, at most 2 s.
CheckedPlugin checkPluginFile(const QString &file, const CheckOptions &options = {});

/// The same for a person: a few lines for each thing it has, or the gate, the reason and the remedy.
QString checkAsText(const CheckedPlugin &plugin);

/// One JSON object: file, ok, then id, version, title, sdk, requires, settings and description, or phase, reason,
/// remedy; perhaps asUpgrade.
QByteArray checkAsJson(const CheckedPlugin &plugin);

} // namespace quoin::server
