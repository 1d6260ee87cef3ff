// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/scripts.h"

namespace quoin::celery::scripts {

namespace {

/// Keeps what is no message, with the reason: JSON, whatever the bytes are.
const QByteArray bury = R"lua(
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
const QByteArray readyKey = R"lua(
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

const QByteArray storeFunction = R"lua(
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

/// The last first, each to the end that is popped: so the one that was due first is the next.
const QByteArray promoteText = R"lua(
local time = redis.call('TIME')
local now = time[1] .. '.' .. string.format('%06d', time[2])
local moved, soonest = 0, nil
for _, queue in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local key = 'quoin:delayed:' .. queue
  local due = redis.call('ZRANGEBYSCORE', key, '-inf', now, 'LIMIT', 0, 500)
  for i = #due, 1, -1 do
    makeReady(KEYS[2], queue, due[i])
    redis.call('ZREM', key, due[i])
  end
  moved = moved + #due
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  if not first[1] then
    redis.call('SREM', KEYS[1], queue)
  elseif not soonest or tonumber(first[2]) < tonumber(soonest) then
    soonest = first[2]
  end
end
return {time[1] .. string.format('%06d', time[2]), moved, soonest or ''}
)lua";

const QByteArray delayedText = R"lua(
local waiting = {}
for _, queue in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local found = redis.call('ZRANGE', 'quoin:delayed:' .. queue, 0, tonumber(ARGV[1]) - 1, 'WITHSCORES')
  for i = 1, #found, 2 do waiting[#waiting + 1] = {queue, found[i], found[i + 1]} end
end
return waiting
)lua";

const QByteArray findDeadText = R"lua(
local found, most = {}, tonumber(ARGV[2])
for _, node in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if node ~= ARGV[1] and #found < most and redis.call('EXISTS', 'quoin:alive:' .. node) == 0 then
    local owned = 'quoin:owned:' .. node
    local all = redis.call('HGETALL', owned)
    for i = 1, #all, 2 do
      if #found >= most then break end
      local tag, score = all[i], redis.call('ZSCORE', KEYS[2], all[i])
      local entry = redis.call('HGET', KEYS[3], tag)
      if score and entry and all[i + 1]:match(' (.*)$') == score then
        found[#found + 1] = {node, tag, score, entry}
      else
        redis.call('HDEL', owned, tag)
      end
    end
    if #all == 0 then redis.call('SREM', KEYS[1], node) end
  end
end
return found
)lua";

const QByteArray findLostText = R"lua(
local known = {}
for i = 2, #ARGV do known[ARGV[i]] = true end
local found = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if #found >= 100 then break end
  if not known[all[i]] then
    local score, entry = redis.call('ZSCORE', KEYS[2], all[i]), redis.call('HGET', KEYS[3], all[i])
    if score and entry and all[i + 1]:match(' (.*)$') == score then
      found[#found + 1] = {ARGV[1], all[i], score, entry}
    else
      redis.call('HDEL', KEYS[1], all[i])
    end
  end
end
return found
)lua";

const QByteArray findOverdueText = R"lua(
local time = redis.call('TIME')
local since = tonumber(time[1]) - tonumber(ARGV[2])
local overdue = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', since, 'WITHSCORES', 'LIMIT', 0, ARGV[3])
if #overdue == 0 or not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', 300000) then return {} end
local found = {}
for i = 1, #overdue, 2 do
  local entry = redis.call('HGET', KEYS[3], overdue[i])
  if entry then
    found[#found + 1] = {overdue[i], overdue[i + 1], entry}
  else
    redis.call('ZREM', KEYS[2], overdue[i])
  end
end
if #found == 0 then redis.call('DEL', KEYS[1]) end
return found
)lua";

const QByteArray endSweepText = R"lua(
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
)lua";

/// What is still owned then is put back by others, who see at once that this node is gone.
const QByteArray leaveText = R"lua(
redis.call('DEL', KEYS[2])
if redis.call('EXISTS', KEYS[3]) == 0 then redis.call('SREM', KEYS[1], ARGV[1]) end
for _, node in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if redis.call('EXISTS', 'quoin:alive:' .. node) == 1 then return 0 end
end
local left, most = 0, tonumber(ARGV[2])
for _, queue in ipairs(redis.call('SMEMBERS', KEYS[4])) do
  local key = 'quoin:delayed:' .. queue
  for _, raw in ipairs(redis.call('ZRANGE', key, 0, most - 1)) do
    local pushed = redis.pcall('LPUSH', readyKey(queue, raw), raw)
    if type(pushed) == 'table' and pushed.err then bury(KEYS[5], pushed.err, queue, raw) end
    redis.call('ZREM', key, raw)
  end
  local rest = redis.call('ZCARD', key)
  if rest == 0 then redis.call('SREM', KEYS[4], queue) end
  left = left + rest
end
return left
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
if not size or count ~= size + (tonumber(redis.call('GET', KEYS[2]) or 0) or 0) then return {structure, {}} end
local parts
if redis.call('TYPE', KEYS[1]).ok == 'list' then parts = redis.call('LRANGE', KEYS[1], 0, -1)
else parts = redis.call('ZRANGE', KEYS[1], 0, -1) end
return {structure, parts}
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
const redis::Script &promote()
{
    static const redis::Script script(bury + readyKey + promoteText);
    return script;
}
const redis::Script &delayed()
{
    static const redis::Script script(delayedText);
    return script;
}
const redis::Script &findDead()
{
    static const redis::Script script(findDeadText);
    return script;
}
const redis::Script &findLost()
{
    static const redis::Script script(findLostText);
    return script;
}
const redis::Script &findOverdue()
{
    static const redis::Script script(findOverdueText);
    return script;
}
const redis::Script &endSweep()
{
    static const redis::Script script(endSweepText);
    return script;
}
const redis::Script &leave()
{
    static const redis::Script script(bury + readyKey + leaveText);
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
