// SPDX-License-Identifier: GPL-3.0-only
// What a node does with its messages.
#include "queue/celery/scripts.h"

#include "queue/celery/scriptparts.h"

namespace quoin::celery::scripts {

namespace {

/// What a Python worker could not put back later must not get into `unacked`: it kills whoever tries.
const QByteArray claimText = R"lua(
local function faultOf(message)
  if type(message) ~= 'table' then return 'It is no JSON object.' end
  local properties = message.properties
  if type(properties) ~= 'table' then return 'It has no object "properties".' end
  local tag = properties.delivery_tag
  if type(tag) ~= 'string' and type(tag) ~= 'number' or tag == '' then
    return 'It has no "properties.delivery_tag".' end
  if type(properties.delivery_info) ~= 'table' then return 'It has no object "properties.delivery_info".' end
  return nil
end
local time = redis.call('TIME')
local now = time[1] .. '.' .. string.format('%06d', time[2])
local claimed, dead, token = {}, {}, nil
local wanted, bytes, inStep = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local function take(i)
  local raw = redis.call('RPOP', KEYS[i])
  if not raw then return false end
  local queue = ARGV[i - 1]
  local ok, message = pcall(cjson.decode, raw)
  local fault = 'It is no JSON.'
  if ok then fault = faultOf(message) end
  if fault then
    bury(KEYS[4], fault, queue, raw)
    dead[#dead + 1] = {queue, fault}
    bytes = bytes - #raw - 4096
    return true
  end
  local tag = message.properties.delivery_tag
  if type(tag) == 'number' then tag = string.format('%.17g', tag) end
  local field, copies = tag, 0
  while redis.call('HEXISTS', KEYS[2], field) == 1 do
    copies = copies + 1
    field = tag .. ':' .. copies
  end
  redis.call('ZADD', KEYS[1], now, field)
  token = token or redis.call('ZSCORE', KEYS[1], field)
  redis.call('HSET', KEYS[2], field, '[' .. raw .. ', "", ' .. cjson.encode(queue) .. ']')
  redis.call('HSET', KEYS[3], field, token .. ' ' .. token)
  claimed[#claimed + 1] = {field, token, i - 6, raw}
  wanted = wanted - 1
  bytes = bytes - #raw
  return true
end
for first = 6, #KEYS, inStep do
  local found = true
  while found and wanted > 0 and bytes > 0 do
    found = false
    for i = first, first + inStep - 1 do
      if wanted > 0 and bytes > 0 and take(i) then found = true end
    end
  end
end
if token then redis.call('SADD', KEYS[5], ARGV[1]) end
return {time[1] .. string.format('%06d', time[2]), claimed, dead}
)lua";

const QByteArray renewText = R"lua(
redis.call('SET', KEYS[3], '1', 'PX', ARGV[2])
redis.call('SADD', KEYS[4], ARGV[1])
local time = redis.call('TIME')
local now = time[1] .. '.' .. string.format('%06d', time[2])
local renewed, score = {}, nil
for i = 3, #ARGV, 2 do
  local tag, token = ARGV[i], ARGV[i + 1]
  local last = redis.call('ZSCORE', KEYS[1], tag)
  local owned = redis.call('HGET', KEYS[2], tag)
  if last and owned == token .. ' ' .. last then
    redis.call('ZADD', KEYS[1], now, tag)
    score = score or redis.call('ZSCORE', KEYS[1], tag)
    redis.call('HSET', KEYS[2], tag, token .. ' ' .. score)
    renewed[#renewed + 1] = 1
  else
    if owned and owned:sub(1, #token + 1) == token .. ' ' then redis.call('HDEL', KEYS[2], tag) end
    renewed[#renewed + 1] = 0
  end
end
return renewed
)lua";

/// Pushes before the acknowledgement: should Redis refuse one for want of memory, the script ends and nothing is lost.
const QByteArray finishText = R"lua(
local INDEX, UNACKED, OWNED, DEAD = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local function take(list) list.n = list.n + 1 return ARGV[list.n] end
local function push(where, key, text, due)
  if where == 'delayed' then
    redis.call('ZADD', 'quoin:delayed:' .. key, due, text)
    redis.call('SADD', 'quoin:delayed', key)
  elseif where == 'dead' then
    buryText(DEAD, text)
  elseif where == 'result' then
    store(ARGV[1], key, text)
  elseif where == 'size' then
    if ARGV[1] == '0' then redis.call('SET', key, text) else redis.call('SETEX', key, ARGV[1], text) end
  else
    local pushed = redis.pcall(where, key, text)
    if type(pushed) == 'table' and pushed.err then bury(DEAD, pushed.err, key, text) end
  end
end
local function isThere(chord, seen)
  if chord == '' then return true end
  if seen[chord] == nil then seen[chord] = redis.call('DEL', chord .. '.j', chord .. '.t', chord .. '.s') > 0 end
  return seen[chord]
end
local at = {n = 1}
local answers = {}
while at.n < #ARGV do
  local tag, token, whose = take(at), take(at), take(at)
  local key, text, pushes = take(at), take(at), tonumber(take(at))
  if key ~= '' then store(ARGV[1], key, text) end
  local score = redis.call('ZSCORE', INDEX, tag)
  local isOurs
  local owned = OWNED
  if whose == '' then
    isOurs = score and redis.call('HGET', OWNED, tag) == token .. ' ' .. score
  else
    isOurs = score == token
    owned = 'quoin:owned:' .. whose
  end
  local chords = {}
  for _ = 1, pushes do
    local where, list, what, due, chord = take(at), take(at), take(at), take(at), take(at)
    if isOurs and isThere(chord, chords) then push(where, list, what, due) end
  end
  if isOurs then
    redis.call('ZREM', INDEX, tag)
    redis.call('HDEL', UNACKED, tag)
    if whose ~= '-' then redis.call('HDEL', owned, tag) end
  end
  answers[#answers + 1] = isOurs and 1 or 0
end
return answers
)lua";

/// As Celery's backends/redis.py does it. Adding a part again changes nothing.
const QByteArray addChordPartText = R"lua(
local count
if redis.call('TYPE', KEYS[1]).ok == 'list' then
  if not redis.call('LPOS', KEYS[1], ARGV[2]) then redis.call('RPUSH', KEYS[1], ARGV[2]) end
  count = redis.call('LLEN', KEYS[1])
else
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
  count = redis.call('ZCARD', KEYS[1])
end
if ARGV[3] ~= '0' then for i = 1, 3 do redis.call('EXPIRE', KEYS[i], ARGV[3]) end end
local size = tonumber(redis.call('GET', KEYS[3]) or '')
local structure = redis.call('EXISTS', KEYS[4])
if not size then return {structure, {}, 0} end
if count ~= size + (tonumber(redis.call('GET', KEYS[2]) or 0) or 0) then return {structure, {}, 1} end
local parts
if redis.call('TYPE', KEYS[1]).ok == 'list' then parts = redis.call('LRANGE', KEYS[1], 0, -1)
else parts = redis.call('ZRANGE', KEYS[1], 0, -1) end
return {structure, parts, 1}
)lua";

const QByteArray storeText = R"lua(
for i = 2, #ARGV, 3 do
  if ARGV[i] == 'result' then
    store(ARGV[1], ARGV[i + 1], ARGV[i + 2])
  elseif ARGV[1] == '0' then
    redis.call('SET', ARGV[i + 1], ARGV[i + 2])
  else
    redis.call('SETEX', ARGV[i + 1], ARGV[1], ARGV[i + 2])
  end
end
return #ARGV
)lua";

} // namespace

const redis::Script &claim()
{
    static const redis::Script script(bury + claimText);
    return script;
}

const redis::Script &renew()
{
    static const redis::Script script(renewText);
    return script;
}

const redis::Script &finish()
{
    static const redis::Script script(bury + storeFunction + finishText);
    return script;
}

const redis::Script &addChordPart()
{
    static const redis::Script script(addChordPartText);
    return script;
}

const redis::Script &store()
{
    static const redis::Script script(storeFunction + storeText);
    return script;
}

} // namespace quoin::celery::scripts
