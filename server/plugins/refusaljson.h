// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/refusal.h"

#include <QJsonObject>

#include <optional>

namespace quoin::plugins {

class ObjectReader;

/// The phase of that phaseName().
std::optional<Phase> phaseOfName(const QString &name);

QJsonObject toJson(const Refusal &refusal);

/// Takes what toJson() made; the reader knows what was wrong.
Refusal readRefusal(ObjectReader &reader);

} // namespace quoin::plugins
