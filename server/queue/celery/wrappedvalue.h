// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArrayView>

namespace quoin::celery {

/// Whether kombu 5.3 and later (kombu/utils/json.py) can make a Python value of {"__type__": type, "__value__": value}.
/// Of what it reads only the forms that it writes. Pure; any thread.
bool isWrappedValue(QByteArrayView type, QByteArrayView value);

} // namespace quoin::celery
