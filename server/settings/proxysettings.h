// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/proxies.h"
#include "settings/settings.h"

namespace quoin::server {

/// Whether a proxy says who the client is, and which.
QList<SettingKey> proxyKeys();

/// Whose connections begin with a PROXY protocol header; nobody's if that is off.
Result<http::Proxies> proxiesOf(const Settings &settings);

/// What does not go together, or is no address: a sentence each.
QStringList refusedProxySettings(const Settings &settings);

} // namespace quoin::server
