// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>

namespace quoin::celery::scripts {

// Lua functions that more than one script begins with.

/// Keeps what is no message, with the reason: JSON, whatever the bytes are.
inline const QByteArray bury = R"lua(
local function isUtf8(text)
  for _, sequence in ipairs({'[\194-\223][\128-\191]', '\224[\160-\191][\128-\191]',
      '[\225-\236\238\239][\128-\191][\128-\191]', '\237[\128-\159][\128-\191]',
      '\240[\144-\191][\128-\191][\128-\191]', '[\241-\243][\128-\191][\128-\191][\128-\191]',
      '\244[\128-\143][\128-\191][\128-\191]'}) do
    text = text:gsub(sequence, ' ')
  end
  return not text:find('[\128-\255]')
end
local function buryText(dead, text)
  redis.call('LPUSH', dead, text)
  redis.call('LTRIM', dead, 0, 9999)
end
local function bury(dead, reason, queue, raw)
  local time = redis.call('TIME')
  local encoding = ''
  if not isUtf8(raw) then
    encoding = '"encoding": "latin-1", '
    raw = raw:gsub('[\128-\255]', function(c) local b = c:byte()
      return string.char(b < 192 and 194 or 195, b < 192 and b or b - 64) end)
  end
  buryText(dead, '{"reason": ' .. cjson.encode(reason) .. ', "queue": ' .. cjson.encode(queue) .. ', "time": '
      .. time[1] .. '.' .. string.format('%06d', time[2]) .. ', ' .. encoding .. '"message": ' .. cjson.encode(raw) .. '}')
end
)lua";

/// The ready list of a message, by its priority: kombu's steps.
inline const QByteArray readyKey = R"lua(
local function readyKey(queue, raw)
  local ok, message = pcall(cjson.decode, raw)
  local priority = ok and type(message) == 'table' and type(message.properties) == 'table' and message.properties.priority
  if type(priority) ~= 'number' or priority < 3 then return queue end
  return queue .. '\6\22' .. (priority >= 9 and 9 or priority >= 6 and 6 or 3)
end
local function makeReady(dead, queue, raw)
  local pushed = redis.pcall('RPUSH', readyKey(queue, raw), raw)
  if type(pushed) == 'table' and pushed.err then bury(dead, pushed.err, queue, raw) end
end
)lua";

inline const QByteArray storeFunction = R"lua(
local function store(seconds, key, text)
  local old = redis.pcall('GET', key)
  if type(old) == 'string' then
    local ok, meta = pcall(cjson.decode, old)
    if ok and type(meta) == 'table' and meta.status == 'SUCCESS' then return end
  end
  if seconds == '0' then redis.call('SET', key, text) else redis.call('SETEX', key, seconds, text) end
  redis.call('PUBLISH', key, text)
end
)lua";

} // namespace quoin::celery::scripts
