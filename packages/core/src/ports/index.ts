// What an adapter's author imports: interfaces, the errors they throw, reference implementations, and the suites that are their law.

export type { AdapterInfo, PortAdapter } from './adapter.ts'
export type { Cache } from './cache.ts'
export { memoryCache, type MemoryCacheOptions } from './cache.memory.ts'
export { consoleLogger, type ConsoleLoggerOptions } from './console-logger.ts'
export type {
  IdempotencyRequest,
  IdempotencyState,
  IdempotencyStore,
  StoredResponse,
} from './idempotency-store.ts'
export { memoryIdempotencyStore, type MemoryIdempotencyStoreOptions } from './idempotency-store.memory.ts'
export { KeyStoreErrors, type KeyStore, type StoredKeys } from './key-store.ts'
export { memoryKeyStore } from './key-store.memory.ts'
export type { KeyVault, PublicKey, Signer } from './key-vault.ts'
export { type LogFields, type Logger, silentLogger } from './logger.ts'
export { type LogLevel, printFields } from './log-line.ts'
export type { MailMessage, Mailer } from './mailer.ts'
export { type MemoryMailer, memoryMailer } from './mailer.memory.ts'
export type { Counter, Gauge, Histogram, Labels, Meter, Metric } from './meter.ts'
export { memoryMeter } from './meter.memory.ts'
export type { DomainEvent, EventRecorder, Outbox, OutboxEntry, RecordedEvent } from './outbox.ts'
export {
  memoryEventRecorder,
  memoryOutbox,
  type MemoryOutboxOptions,
  mergeOutbox,
  type OutboxRow,
  type OutboxTable,
  outboxTable,
} from './outbox.memory.ts'
export type { Quota, RateLimitDecision, RateLimiter } from './rate-limiter.ts'
export { memoryRateLimiter, type MemoryRateLimiterOptions } from './rate-limiter.memory.ts'
export { type LogLine, recordingLogger, type RecordingLogger } from './recording-logger.ts'
export type { Storage, StorageTransaction } from './storage.ts'
export { StorageErrors } from './storage-errors.ts'
export { type AsyncExpectation, type Expectation, race, racers, type Suite, winners } from './suite.ts'
export { manualTime, realTime, type Timeline } from './timeline.ts'

export { type Clock, epochSeconds, systemClock } from '../kernel/clock.ts'
export { after, before, type Duration, milliseconds, seconds } from '../kernel/duration.ts'
export { DomainError } from '../kernel/errors.ts'
export { type Id, newId } from '../kernel/id.ts'
export { type ManualClock, manualClock } from '../kernel/manual-clock.ts'
export type { PageRequest } from '../kernel/page.ts'
