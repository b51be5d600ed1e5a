import {
  defaultStreamLimits,
  type EventStream,
  followByReading,
  type StreamEvent,
  type StreamLimits,
  type StreamPage,
} from '@corbel/core/ports'
import type { Redis } from 'ioredis'
import { checkKeeps } from './redis-check.ts'
import { bounded, defaultDeadlineMs, defaultPrefix, type RedisAdapterOptions } from './redis-client.ts'
import { redisScript } from './redis-script.ts'
import { signalCount, streamSignals } from './redis-stream-signals.ts'

export interface RedisEventStreamOptions extends RedisAdapterOptions, StreamLimits {}

/** A follower that nobody wakes reads again after this long, should a signal ever be lost. */
const idleMs = 10_000

// Each entry names the one before it, so that a reader whose cursor was trimmed still knows whether it missed any. The newest is
// never trimmed. An idle stream goes as a whole. KEYS: the stream, the signals. ARGV: most entries, age, data, name, signals kept.
const appendScript = redisScript(`
  local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
  local id = redis.call('XADD', KEYS[1], 'MAXLEN', '=', ARGV[1], '*', 'after', last and last[1] or '', 'data', ARGV[3])
  local oldest = tonumber(string.match(id, '^%d+')) - ARGV[2]
  if oldest > 0 then redis.call('XTRIM', KEYS[1], 'MINID', '=', string.format('%.0f', oldest)) end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('XADD', KEYS[2], 'MAXLEN', '=', ARGV[5], '*', 'stream', ARGV[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
  return id
`)

interface Entry extends StreamEvent {
  /** Id of the entry before it; null for the first of the stream. */
  readonly previous: string | null
}

/**
 * Streams that all processes share. While Redis fails everything throws. Follow any number of streams: a process holds one
 * connection for all of them. What Redis held is gone when it loses its memory (FLUSHALL, a crash, a failover); readers are told
 * by `reset`.
 *
 * @throws TypeError for a client that repeats commands after it has reconnected: it would append events twice.
 */
export function redisEventStream({
  client,
  prefix = defaultPrefix,
  deadlineMs = defaultDeadlineMs,
  maxLength = defaultStreamLimits.maxLength,
  maxAgeMs = defaultStreamLimits.maxAgeMs,
}: RedisEventStreamOptions): EventStream {
  refuseRepetition(client)
  const command = bounded(client, deadlineMs)
  const signalKey = `${prefix}:signals`
  const signals = streamSignals(client, signalKey)
  const keyOf = (stream: string): string => `${prefix}:stream:${stream}`
  const closing = new AbortController()
  /** Reads of followers under way, by cursor: those that one append has woken at the same place share one, and what it gives. */
  const reads = new Map<string, Map<string | null, Promise<StreamPage>>>()

  const range = async (stream: string, from: string, count: number): Promise<readonly Entry[]> =>
    (await command('XRANGE', (client) => client.xrange(keyOf(stream), from, '+', 'COUNT', count))).map(
      toEntry,
    )

  const read: EventStream['read'] = async (stream, after, limit) => {
    if (after === null) {
      const entries = await range(stream, '-', limit)
      return { events: entries.map(toEvent), reset: (entries[0]?.previous ?? null) !== null }
    }
    const cursor = toRedisId(after)
    if (cursor !== null) {
      // From the cursor itself on: one command tells both whether it is still there and what follows.
      const entries = await range(stream, cursor, limit + 1)
      if (entries[0]?.id === after) return { events: entries.slice(1).map(toEvent), reset: false }
      if (entries[0]?.previous === after)
        return { events: entries.slice(0, limit).map(toEvent), reset: false }
    }
    return { events: (await range(stream, '-', limit)).map(toEvent), reset: true }
  }

  function readTogether(stream: string, after: string | null, limit: number): Promise<StreamPage> {
    const known = reads.get(stream) ?? new Map<string | null, Promise<StreamPage>>()
    const underWay = known.get(after)
    if (underWay) return underWay
    const reading = read(stream, after, limit)
    reads.set(stream, known.set(after, reading))
    const forget = (): void => {
      if (known.get(after) === reading) known.delete(after)
      if (known.size === 0 && reads.get(stream) === known) reads.delete(stream)
    }
    reading.then(forget, forget)
    return reading
  }

  return {
    adapter: { name: 'redis' },
    append: async (stream, data) => {
      const keys = [keyOf(stream), signalKey]
      const values = [maxLength, maxAgeMs, data, stream, signalCount]
      return fromRedisId(String(await command('append', (client) => appendScript(client, keys, values))))
    },
    read,
    follow: (stream, after, signal) =>
      followByReading(
        {
          read: (cursor, limit) => readTogether(stream, cursor, limit),
          listen: (wake) =>
            signals.listen(stream, () => {
              // What a read under way has seen may be older than this.
              reads.delete(stream)
              wake()
            }),
          idleMs,
        },
        after,
        AbortSignal.any([signal, closing.signal]),
      ),
    check: () => checkKeeps(command, 'streams'),
    /** Ends every `follow`. */
    close: async () => {
      closing.abort()
      signals.close()
    },
  }
}

function refuseRepetition({ options }: Redis): void {
  if (options.autoResendUnfulfilledCommands === false || options.maxRetriesPerRequest === 0) return
  throw new TypeError(
    'This Redis client repeats commands after it has reconnected, which would append events twice. ' +
      'Make it with new Redis(url, redisClientOptions), or with autoResendUnfulfilledCommands: false.',
  )
}

const toEvent = ({ id, data }: Entry): StreamEvent => ({ id, data })

const toEntry = ([id, fields]: readonly [id: string, fields: readonly string[]]): Entry => {
  const [, previous = '', , data = ''] = fields
  return { id: fromRedisId(id), data, previous: previous === '' ? null : fromRedisId(previous) }
}

// Redis' ids are two numbers; with a fixed number of digits they sort as text, too.
const idForm = /^(\d{15})-(\d{8})$/

function fromRedisId(id: string): string {
  const [time = '', serial = ''] = id.split('-')
  return `${time.padStart(15, '0')}-${serial.padStart(8, '0')}`
}

/** Null for text that is no id: cursors come from clients. */
function toRedisId(id: string): string | null {
  const [, time, serial] = idForm.exec(id) ?? []
  return time === undefined ? null : `${Number(time)}-${Number(serial)}`
}
