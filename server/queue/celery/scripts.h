// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/script.h"

namespace quoin::celery::scripts {

// The steps that must happen whole or not at all, as Lua for Redis. A message is ours while its score in unacked_index
// is the one that our hash of owned messages has for it: whoever else takes a message writes another score. That hash
// has for each tag "<token> <score>": the score of the claim, which names it for ever, and the score of the last
// renewal. Nothing is ever encoded again that came in: cjson makes {} of [] and rounds large numbers; it only reads.
// Keys beyond KEYS are made in the scripts: kombu does not support Redis Cluster either.

/// KEYS unacked_index, unacked, owned, dead, nodes, then the lists in polling order. ARGV node, wanted, bytes, lists in
/// a step; then for each list its queue. Returns [microseconds now, [tag, token, number of the list from 0, raw]...,
/// [[queue, reason]...]].
const redis::Script &claim();
/// KEYS unacked_index, owned, alive, nodes. ARGV node, milliseconds, then tag, token for each. Returns 1 or 0 for each.
const redis::Script &renew();
/// KEYS unacked_index, unacked, owned, dead. ARGV seconds a result lives; then for each: tag, token, whose ("": ours;
/// "-": nobody's of ours; else that node's, and token is the score), result key or "", result, number of pushes, and
/// for each of them where, key, text, due, chord. Returns 1 or 0 for each.
const redis::Script &finish();
/// KEYS delayed (the set of queues), dead. Returns [microseconds now, moved, seconds when the next is due or
/// ""].
const redis::Script &promote();
/// KEYS delayed. ARGV most. Returns [queue, raw, seconds]... of each queue.
const redis::Script &delayed();
/// KEYS nodes, unacked_index, unacked. ARGV this node, most. Returns [node, tag, score, entry]...
const redis::Script &findDead();
/// KEYS owned, unacked_index, unacked. ARGV this node, then the tags it knows of. Returns the others of its own: what
/// was claimed in an answer that never came. As above.
const redis::Script &findLost();
/// KEYS unacked_mutex, unacked_index, unacked. ARGV this node, seconds, most. Returns [tag, score, entry]...
const redis::Script &findOverdue();
/// KEYS unacked_mutex. ARGV this node.
const redis::Script &endSweep();
/// KEYS nodes, alive, owned, delayed, dead. ARGV this node, most. Returns how much delayed there is left to give back.
const redis::Script &leave();
/// KEYS parts, correction, size, structure. ARGV index, part, seconds. Returns [1 if there is a structure, the parts if
/// they are complete, 1 if its size is known].
const redis::Script &addChordPart();
/// ARGV seconds; then "result" or "size", key, text for each.
const redis::Script &store();

} // namespace quoin::celery::scripts
