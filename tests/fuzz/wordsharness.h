// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>

#include <string>

/// The promises about Celery's words that are fuzzed, for bytes that anybody may have put into Redis: as a message, as
/// the body of one, as a command, a result, a part of a chord. Empty: they hold. Otherwise which does not.
std::string wordsFault(const QByteArray &bytes);
