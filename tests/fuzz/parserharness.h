// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayList>

#include <functional>
#include <string>
#include <string_view>

/// What the parser makes of a stream of bytes: one line for each request, then the status of the fault that ended it,
/// if any. "POST /a abc|413" is comparable and readable in a failed test.
std::string verdictOn(const QByteArrayList &portions, qint64 bodyLimit = 4096);

/// The same bytes whole, byte by byte, and cut at places chosen by the generator.
QByteArrayList whole(const QByteArray &bytes);
QByteArrayList byteByByte(const QByteArray &bytes);
QByteArrayList cutAtRandom(const QByteArray &bytes, const std::function<unsigned()> &random);

/// The promise that is fuzzed. Empty: it holds. Otherwise the verdicts that differ.
std::string segmentationFault(const QByteArray &bytes, const std::function<unsigned()> &random);
