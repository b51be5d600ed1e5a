import { describe } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { cacheConformance } from './cache.conformance.ts'
import { memoryCache } from './cache.memory.ts'
import { consoleLogger } from './console-logger.ts'
import { idempotencyStoreConformance } from './idempotency-store.conformance.ts'
import { memoryIdempotencyStore } from './idempotency-store.memory.ts'
import { keyStoreConformance } from './key-store.conformance.ts'
import { memoryKeyStore } from './key-store.memory.ts'
import { keyVaultConformance } from './key-vault.conformance.ts'
import { localKeyVault } from './local-key-vault.ts'
import { printFields } from './log-line.ts'
import { loggerConformance } from './logger.conformance.ts'
import { mailerConformance } from './mailer.conformance.ts'
import { memoryMailer } from './mailer.memory.ts'
import { meterConformance } from './meter.conformance.ts'
import { memoryMeter } from './meter.memory.ts'
import { outboxConformance } from './outbox.conformance.ts'
import { memoryEventRecorder, memoryOutbox, outboxTable } from './outbox.memory.ts'
import { rateLimiterConformance } from './rate-limiter.conformance.ts'
import { memoryRateLimiter } from './rate-limiter.memory.ts'
import { recordingLogger } from './recording-logger.ts'
import { manualTime } from './timeline.ts'

recordBackend('memory')

describe('memoryCache', () => {
  cacheConformance(conforming('cache', 'memory'), async () => {
    const time = manualTime()
    return { ...time, cache: memoryCache(time) }
  })
})

describe('memoryRateLimiter', () => {
  rateLimiterConformance(conforming('rate limiter', 'memory'), async () => {
    const time = manualTime()
    return { ...time, limiter: memoryRateLimiter(time) }
  })
})

describe('memoryIdempotencyStore', () => {
  idempotencyStoreConformance(conforming('idempotency store', 'memory'), async () => {
    const time = manualTime()
    return { ...time, store: memoryIdempotencyStore(time) }
  })
})

describe('memoryOutbox', () => {
  outboxConformance(conforming('outbox', 'memory, alone'), async () => {
    const time = manualTime()
    const table = outboxTable()
    return { ...time, outbox: memoryOutbox(time, table), record: memoryEventRecorder(time, table).record }
  })
})

describe('memoryMailer', () => {
  mailerConformance(conforming('mailer', 'memory'), async () => {
    const mailer = memoryMailer()
    return {
      mailer,
      delivered: async () => mailer.sent,
      fail: async () => mailer.failing(true),
    }
  })
})

describe('recordingLogger', () => {
  loggerConformance(conforming('logger', 'recording'), async () => {
    const logger = recordingLogger()
    return { logger, lines: async () => logger.lines.map((line) => printFields({ ...line })) }
  })
})

describe('consoleLogger', () => {
  loggerConformance(conforming('logger', 'console'), async () => {
    const written: string[] = []
    const write = (line: string): void => void written.push(...line.split('\n'))
    const console = { debug: write, info: write, warn: write, error: write }
    return { logger: consoleLogger({ level: 'debug', console }), lines: async () => written }
  })
})

describe('memoryMeter', () => {
  meterConformance(conforming('meter', 'memory'), async () => ({ meter: memoryMeter() }))
})

describe('memoryKeyStore', () => {
  keyStoreConformance(
    conforming('key store', 'memory'),
    async () => {
      const store = memoryKeyStore()
      return { store, another: async () => store, atRest: null, spoil: null }
    },
    { noMedium: 'the keys are in memory only' },
  )
})

describe('localKeyVault', () => {
  keyVaultConformance(conforming('key vault', 'local'), async () => {
    const store = memoryKeyStore()
    return {
      vault: localKeyVault({ store }),
      another: async () => localKeyVault({ store }),
      stranger: async () => localKeyVault({ store: memoryKeyStore() }),
    }
  })
})
