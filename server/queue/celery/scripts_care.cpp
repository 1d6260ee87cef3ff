// SPDX-License-Identifier: GPL-3.0-only
// What is done about messages that nobody has in hand.
#include "queue/celery/scripts.h"

#include "queue/celery/scriptparts.h"

namespace quoin::celery::scripts {

namespace {

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

} // namespace

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

} // namespace quoin::celery::scripts
