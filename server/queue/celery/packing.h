// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <chrono>
#include <optional>

namespace quoin::celery {

/// The properties of an envelope: without a tag and delivery_info every Python process that reads it would end.
struct Delivery
{
    QString exchange; ///< Empty: the anonymous one.
    QString routingKey;
    QString tag;                    ///< Empty: a fresh UUID.
    QString correlationId, replyTo; ///< Only written if there is a correlationId.
    int priority = 0;
    int mode = 1; ///< 2: persistent, as tasks are.
};

/// The envelope that kombu's Redis transport reads: body (a JSON text) in base64, headers (a JSON object), properties.
QByteArray packedEnvelope(QByteArrayView body, QByteArrayView headers, const Delivery &delivery);

/// A duration as a JSON number of seconds, "300" or "0.25"; "null" if there is none.
QByteArray secondsValue(std::optional<std::chrono::milliseconds> duration);

} // namespace quoin::celery
