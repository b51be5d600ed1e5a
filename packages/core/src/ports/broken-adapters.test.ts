import { expect, test } from 'vitest'
import { collectFailures } from '../../../../test/collect-failures.ts'
import { manualClock } from '../kernel/manual-clock.ts'
import { Secret } from '../kernel/secret.ts'
import { cacheConformance } from './cache.conformance.ts'
import { memoryCache } from './cache.memory.ts'
import { idempotencyStoreConformance } from './idempotency-store.conformance.ts'
import { memoryDeliveries } from './delivery-store.memory.ts'
import { memoryIdempotencyStore } from './idempotency-store.memory.ts'
import { jobTable, memoryJobRecorder, memoryJobs } from './job-queue.memory.ts'
import { keyStoreConformance } from './key-store.conformance.ts'
import { memoryKeyStore } from './key-store.memory.ts'
import { keyVaultConformance } from './key-vault.conformance.ts'
import { localKeyVault } from './local-key-vault.ts'
import { loggerConformance } from './logger.conformance.ts'
import type { LogFields, Logger } from './logger.ts'
import { mailerConformance } from './mailer.conformance.ts'
import { memoryMailer } from './mailer.memory.ts'
import type { MailMessage } from './mailer.ts'
import { meterConformance } from './meter.conformance.ts'
import { memoryMeter } from './meter.memory.ts'
import { outboxConformance } from './outbox.conformance.ts'
import { memoryEventRecorder, memoryOutbox, outboxTable } from './outbox.memory.ts'
import { rateLimiterConformance } from './rate-limiter.conformance.ts'
import { memoryRateLimiter } from './rate-limiter.memory.ts'
import { storageConformance } from './storage.conformance.ts'
import type { Storage } from './storage.ts'
import { manualTime } from './timeline.ts'

// Each adapter is broken in the way that its authors most easily get wrong, and the suite names the law that it breaks.

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

test('a cache that ignores case and looks before it adds', async () => {
  const failures = await collectFailures((suite) =>
    cacheConformance(suite, async () => {
      const time = manualTime()
      const cache = memoryCache(time)
      const broken = {
        ...cache,
        set: async (key: string, value: string, ttlMs: number) => cache.set(key.toLowerCase(), value, ttlMs),
        add: async (key: string, value: string, ttlMs: number) => {
          const absent = (await cache.get(key)) === null
          await nextTurn()
          if (absent) await cache.set(key, value, ttlMs)
          return absent
        },
      }
      return { ...time, cache: broken }
    }),
  )
  expect(failures).toEqual([
    'set keeps the value as it was given, each key by itself',
    'of concurrent adds one gets true',
  ])
})

test('a limiter with fixed windows', async () => {
  const failures = await collectFailures((suite) =>
    rateLimiterConformance(suite, async () => {
      const time = manualTime()
      const counts = new Map<string, number>()
      const limiter = {
        ...memoryRateLimiter(time),
        take: async (key: string, { limit, windowMs }: { limit: number; windowMs: number }) => {
          const now = time.clock.now().getTime()
          const window = `${key} ${Math.floor(now / windowMs)}`
          const count = counts.get(window) ?? 0
          await nextTurn()
          counts.set(window, count + 1)
          const resetAfterMs = windowMs - (now % windowMs)
          const remaining = Math.max(0, limit - count - 1)
          return {
            allowed: count < limit,
            limit,
            remaining,
            retryAfterMs: remaining > 0 ? 0 : resetAfterMs,
            resetAfterMs,
          }
        },
      }
      return { ...time, limiter }
    }),
  )
  expect(failures).toEqual([
    'retryAfterMs is 0 while a call is allowed, and afterwards at most the time of one call',
    'concurrent callers never get more than the quota between them',
  ])
})

test('a limiter that charges for refused calls', async () => {
  const failures = await collectFailures((suite) =>
    rateLimiterConformance(suite, async () => {
      const time = manualTime()
      let arrival = 0
      const limiter = {
        ...memoryRateLimiter(time),
        take: async (_key: string, { limit, windowMs }: { limit: number; windowMs: number }) => {
          const now = time.clock.now().getTime()
          arrival = Math.max(arrival, now) + windowMs / limit
          const over = arrival - now - windowMs
          const remaining = Math.max(0, Math.floor((-over * limit) / windowMs))
          return {
            allowed: over <= 0,
            limit,
            remaining,
            retryAfterMs: Math.max(0, over),
            resetAfterMs: arrival - now,
          }
        },
      }
      return { ...time, limiter }
    }),
  )
  expect(failures).toContain('a refused call costs nothing')
  expect(failures).toContain('each key has its own quota')
})

test('an idempotency store that forgets fingerprints and leases', async () => {
  const failures = await collectFailures((suite) =>
    idempotencyStoreConformance(suite, async () => {
      const time = manualTime()
      const store = memoryIdempotencyStore(time)
      return {
        ...time,
        store: {
          ...store,
          begin: (request) =>
            store.begin({
              ...request,
              fingerprint: '',
              leaseMs: 3_600_000,
              scope: '',
              key: `${request.scope}|${request.key}`,
            }),
          complete: (scope, key, response) => store.complete('', `${scope}|${key}`, response),
          release: (scope, key) => store.release('', `${scope}|${key}`),
        },
      }
    }),
  )
  expect(failures).toEqual([
    'another fingerprint is a mismatch, running or done',
    'scope and key do not run together',
    'after its lease an unfinished request is taken up again by one caller',
    'an expired key is a new key for one caller, whatever its fingerprint',
    'purge forgets expired keys only and says how many',
  ])
})

test('an outbox whose claim does not hide', async () => {
  const failures = await collectFailures((suite) =>
    outboxConformance(suite, async () => {
      const time = manualTime()
      const table = outboxTable()
      const outbox = memoryOutbox(time, table)
      const claim = (options: { limit: number; leaseMs: number }) => outbox.claim({ ...options, leaseMs: 0 })
      return { ...time, outbox: { ...outbox, claim }, record: memoryEventRecorder(time, table).record }
    }),
  )
  expect(failures).toContain('claim takes up to the limit, longest due first')
  expect(failures).toContain('claim hides what it took until the lease has run out, and counts attempts')
  expect(failures).toContain('of concurrent callers each entry goes to one')
})

test('a mailer that checks nothing and remembers nothing', async () => {
  const failures = await collectFailures((suite) =>
    mailerConformance(suite, async () => {
      const sent: MailMessage[] = []
      const send = async (message: MailMessage): Promise<void> => void sent.push(message)
      return { mailer: { ...memoryMailer(), send }, delivered: async () => sent, fail: async () => {} }
    }),
  )
  expect(failures).toEqual([
    'a message with an id that was accepted is not sent again',
    'of concurrent sends of one message one is delivered',
    'throws mailer/unavailable when the message was not accepted',
    'throws mailer/refused for a line break where a header could begin',
    'throws mailer/refused for a recipient that is not one address',
    'throws mailer/refused for an unsubscribe that is no URL',
  ])
})

test('a logger that reveals secrets and whose children write to nobody', async () => {
  const failures = await collectFailures((suite) =>
    loggerConformance(suite, async () => {
      const lines: string[] = []
      const reveal = (_key: string, value: unknown): unknown =>
        value instanceof Secret ? value.reveal() : value
      const at =
        (level: string) =>
        (message: string, fields: LogFields = {}) =>
          void lines.push(
            ...`${level} ${message} ${JSON.stringify(Object.entries(fields).map(([k, v]) => [k, reveal(k, v)]))}`.split(
              '\n',
            ),
          )
      const logger: Logger = {
        debug: at('debug'),
        info: at('info'),
        warn: at('warn'),
        error: at('error'),
        child: () => logger,
      }
      return { logger, lines: async () => lines }
    }),
  )
  expect(failures).toEqual([
    'a secret prints as [secret], however deep',
    'a child adds its fields to every line and leaves its parent alone',
    'an error shows its message, code and causes, and nothing else that hangs on it',
    'never throws, whatever the fields hold',
    'a line break in a message or a field does not begin a line, and no escape steers a terminal',
  ])
})

test('a meter that takes every label, forgets its instruments and escapes nothing', async () => {
  const failures = await collectFailures((suite) =>
    meterConformance(suite, async () => {
      const values = new Map<string, number>()
      const at = (name: string, labels: object): string =>
        `${name}{${Object.entries(labels)
          .map(([label, value]) => `${label}="${value}"`)
          .join(',')}}`
      const meter = memoryMeter()
      return {
        meter: {
          ...meter,
          counter: ({ name }) => {
            values.clear()
            return {
              add: (labels = {}, amount = 1) =>
                values.set(at(name, labels), (values.get(at(name, labels)) ?? 0) + amount),
            }
          },
          scrape: async () => ({
            contentType: 'text/plain; version=0.0.4',
            body: [...values].map(([line, value]) => `${line} ${value}\n`).join(''),
          }),
        },
      }
    }),
  )
  for (const law of [
    'scrape answers in the Prometheus text format 0.0.4',
    'a counter refuses a negative amount',
    'label values and help are escaped',
    'a label that was not declared is refused',
    'asking twice for a metric gives the same instrument',
    'a name that is declared otherwise is refused',
    'what is registered with onScrape runs before every scrape, and is waited for',
  ]) {
    expect(failures).toContain(law)
  }
})

test('a key store that writes what it was told, in the clear', async () => {
  const failures = await collectFailures((suite) =>
    keyStoreConformance(suite, async () => {
      let text: string | null = null
      let writes = 0
      const read = async () => (text === null ? null : { document: text, revision: String(writes) })
      const store = {
        ...memoryKeyStore(),
        read,
        write: async (document: string) => {
          await nextTurn()
          text = document
          writes += 1
          return { document, revision: String(writes) }
        },
      }
      return {
        store,
        another: async () => store,
        atRest: async () => text ?? '',
        spoil: async () => void (text = 'spoiled'),
      }
    }),
  )
  expect(failures).toEqual([
    'write throws key-store/conflict when the revision has moved on',
    'write throws key-store/conflict when a revision is expected of an empty store',
    'of concurrent first writes one wins and the others conflict',
    'of concurrent replacements one wins',
    'the document is sealed at rest',
    'read rejects what cannot be opened',
    'what cannot be opened is never overwritten',
  ])
})

test('a vault that seals for every context and has keys of its own in each process', async () => {
  const failures = await collectFailures((suite) =>
    keyVaultConformance(suite, async () => {
      // Keys made within one millisecond would look like the same ones: each vault begins on a day of its own.
      let day = 0
      const open = async () => {
        const clock = manualClock(new Date(Date.UTC(2026, 0, ++day)))
        const vault = localKeyVault({ store: memoryKeyStore(), clock })
        return {
          ...vault,
          seal: (text: Uint8Array<ArrayBuffer>) => vault.seal(text, ''),
          open: (sealed: string) => vault.open(sealed, ''),
        }
      }
      return { vault: await open(), another: open, stranger: open }
    }),
  )
  expect(failures).toEqual([
    'a signature is verified by the public key of the same id',
    'publicKeysChangedAt, where it is known, is the same in every process',
    'open gives back what was sealed, also in another process',
    'a value sealed for another context does not open',
    'processes that begin at once end with the same keys',
  ])
})

test('a storage whose transactions do not roll back', async () => {
  const probe = {
    write: async (keys: Set<string>, key: string) => void keys.add(key),
    read: async (keys: Set<string>, key: string) => keys.has(key),
  }
  const failures = await collectFailures((suite) =>
    storageConformance<Set<string>>(
      suite,
      async () => {
        const time = manualTime()
        const table = outboxTable()
        const jobs = jobTable()
        const repositories = new Set<string>()
        const storage: Storage<Set<string>> = {
          adapter: { name: 'broken' },
          repositories,
          outbox: memoryOutbox(time, table),
          jobs: memoryJobs(time, jobs),
          deliveries: memoryDeliveries(time, undefined, table),
          idempotency: memoryIdempotencyStore(time),
          transaction: (work) =>
            work({
              repositories,
              events: memoryEventRecorder(time, table),
              jobs: memoryJobRecorder(time, jobs),
            }),
          check: async () => {},
        }
        return { storage }
      },
      probe,
    ),
  )
  expect(failures).toEqual([
    'a rejected transaction rejects with the error of its work and has left nothing',
    'a job enqueued in a transaction exists when it has committed, and not when it was rolled back',
    'of concurrent transactions those that fail take nothing along',
  ])
})
