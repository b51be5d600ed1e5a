// What an adapter's author imports: interfaces, the errors they throw, reference implementations, and the suites that are their law.

export type { AdapterInfo, PortAdapter } from './adapter.ts'
export type { AuditChain, AuditEvent, AuditFilter, AuditLink, AuditLog, AuditRow } from './audit-log.ts'
export type { ActivityMark } from './activity-mark.ts'
export type { AuditMark, AuditOutcome } from './audit-mark.ts'
export { auditLogConformance, type AuditLogHarness } from './audit-log.conformance.ts'
export { type AuditTables, auditTables, memoryAuditLog } from './audit-log.memory.ts'
export { erasedNotice, purgedNotice } from './audit-notices.ts'
export { auditDraftOf, auditEventOf } from './audit-row.ts'
export { type AuditFault, type AuditVerdict, verifyAuditChain } from './audit-verify.ts'
export type { Cache } from './cache.ts'
export { cacheConformance } from './cache.conformance.ts'
export { memoryCache, type MemoryCacheOptions } from './cache.memory.ts'
export { consoleLogger, type ConsoleLoggerOptions } from './console-logger.ts'
export type {
  IdempotencyRequest,
  IdempotencyState,
  IdempotencyStore,
  StoredResponse,
} from './idempotency-store.ts'
export { idempotencyStoreConformance } from './idempotency-store.conformance.ts'
export { memoryIdempotencyStore, type MemoryIdempotencyStoreOptions } from './idempotency-store.memory.ts'
export {
  type ClaimedDelivery,
  type DeliveryDraft,
  DeliveryErrors,
  type DeliveryLane,
  type DeliveryFilter,
  type DeliveryRecord,
  type DeliveryStatus,
  type DeliveryStore,
} from './delivery-store.ts'
export { deliveryStoreConformance, type DeliveryStoreHarness } from './delivery-store.conformance.ts'
export {
  type DeliveryRow,
  type DeliveryTable,
  deliveryTable,
  memoryDeliveries,
} from './delivery-store.memory.ts'
export {
  type ClaimedJob,
  type DeadJob,
  type FailureOutcome,
  type Job,
  type JobRecorder,
  type JobStore,
  leaseExpired,
  type QueuePolicy,
  retryDelayMs,
} from './job-store.ts'
export type { JobQueue } from './job-queue.ts'
export { jobQueueConformance, type JobQueueHarness } from './job-queue.conformance.ts'
export {
  type JobRow,
  type JobTable,
  jobTable,
  memoryJobRecorder,
  memoryJobs,
  type MemoryJobsOptions,
  mergeJobs,
} from './job-queue.memory.ts'
export { storageJobQueue } from './storage-job-queue.ts'
export { KeyStoreErrors, type KeyStore, type StoredKeys } from './key-store.ts'
export {
  type KeyStoreCapabilities,
  keyStoreConformance,
  type KeyStoreHarness,
} from './key-store.conformance.ts'
export { memoryKeyStore } from './key-store.memory.ts'
export type { KeyRotation, KeyVault, PublicKey, Signer, SigningKeyStanding } from './key-vault.ts'
export { keyVaultConformance, type KeyVaultHarness } from './key-vault.conformance.ts'
export { thumbprint } from './key-document.ts'
export { localKeyVault, type LocalKeyVault, type LocalKeyVaultOptions } from './local-key-vault.ts'
export { type LogFields, type Logger, silentLogger } from './logger.ts'
export { loggerConformance, type LoggerHarness } from './logger.conformance.ts'
export { type LogLevel, plainError, printFields } from './log-line.ts'
export { checkMessage, unsubscribeHeaders } from './mail-message.ts'
export { type MailMessage, type Mailer, MailerErrors } from './mailer.ts'
export { mailerConformance, type MailerHarness } from './mailer.conformance.ts'
export { type MemoryMailer, memoryMailer } from './mailer.memory.ts'
export type { Counter, Gauge, Histogram, Labels, Meter, Metric } from './meter.ts'
export { meterConformance } from './meter.conformance.ts'
export { memoryMeter } from './meter.memory.ts'
export type { DomainEvent, EventRecorder, Outbox, OutboxEntry, RecordedEvent } from './outbox.ts'
export { outboxConformance, type OutboxHarness } from './outbox.conformance.ts'
export {
  memoryEventRecorder,
  memoryOutbox,
  type MemoryOutboxOptions,
  mergeOutbox,
  type OutboxRow,
  type OutboxTable,
  outboxTable,
} from './outbox.memory.ts'
export { checkMetric, sameMetric } from './prometheus-text.ts'
export type { Quota, RateLimitDecision, RateLimiter } from './rate-limiter.ts'
export { rateLimiterConformance } from './rate-limiter.conformance.ts'
export { memoryRateLimiter, type MemoryRateLimiterOptions } from './rate-limiter.memory.ts'
export { type LogLine, recordingLogger, type RecordingLogger } from './recording-logger.ts'
export type { SqlConnection, Storage, StorageTransaction } from './storage.ts'
export { storageConformance, type StorageProbe } from './storage.conformance.ts'
export { StorageErrors } from './storage-errors.ts'
export { type AsyncExpectation, type Expectation, race, racers, type Suite, winners } from './suite.ts'
export { manualTime, realTime, type Timeline } from './timeline.ts'

export { PortErrors } from './port-errors.ts'
export type { Outage } from './outage.ts'
export type { Lease, Lock, LockOptions } from './lock.ts'
export { acquireByTrying, checkLeaseMs } from './lock-wait.ts'
export { memoryLock, type MemoryLockOptions } from './lock.memory.ts'
export { lockConformance } from './lock.conformance.ts'
export {
  defaultStreamLimits,
  type EventStream,
  type StreamEvent,
  type StreamLimits,
  type StreamPage,
} from './event-stream.ts'
export { type FollowSource, followByReading } from './event-stream-follow.ts'
export { memoryEventStream, type MemoryEventStreamOptions } from './event-stream.memory.ts'
export { eventStreamConformance } from './event-stream.conformance.ts'
export type { PubSub, Subscriber, Unsubscribe } from './pub-sub.ts'
export { memoryPubSub } from './pub-sub.memory.ts'
export { type PubSubCapabilities, pubSubConformance, type PubSubHarness } from './pub-sub.conformance.ts'

export {
  type Fetcher,
  FetcherErrors,
  type FetcherMethod,
  type FetcherRequest,
  type FetcherResponse,
} from './fetcher.ts'
export { fetcherConformance } from './fetcher.conformance.ts'
export type { FetcherHarness, FetcherPeer } from './fetcher-harness.ts'
export { memoryFetcher, type MemoryFetcherOptions } from './fetcher.memory.ts'
export type { Hop } from './fetcher-request.ts'
export {
  guardedFetcher,
  type GuardedFetcherOptions,
  type HopAnswer,
  type SendHop,
} from './guarded-fetcher.ts'
export { addressRule, isPublicAddress } from './public-address.ts'

export { attachment } from '../kernel/content-disposition.ts'
export { checkContentType, checkKey, checkPrefix } from './object-key.ts'
export {
  type ObjectInfo,
  type ObjectPage,
  type ObjectStore,
  ObjectStoreErrors,
  type PutOptions,
  type SignedUrlOptions,
  type StoredObject,
} from './object-store.ts'
export { objectStoreConformance } from './object-store.conformance.ts'
export { memoryObjectStore, pageOfObjects } from './object-store.memory.ts'

export { checkSecretName, checkSecretValue, isSecretName } from './secret-name.ts'
export { type SecretStore, SecretStoreErrors, type StoredSecret } from './secret-store.ts'
export {
  type SecretStoreCapabilities,
  secretStoreConformance,
  type SecretStoreHarness,
} from './secret-store.conformance.ts'
export { memorySecretStore } from './secret-store.memory.ts'

export { type RecordedSpan, recordingTracer, type RecordingTracer } from './recording-tracer.ts'
export { errorShown, parseTraceparent, printTraceparent, type TraceContext } from './trace-context.ts'
export { silentTracer, type Span, type SpanAttributes, type SpanKind, type Tracer } from './tracer.ts'
export { type TracerCapabilities, tracerConformance, type TracerHarness } from './tracer.conformance.ts'

export { checkNotification } from './notification.ts'
export { type Notification, type Notifier, NotifierErrors, type Severity } from './notifier.ts'
export { notifierConformance, type NotifierHarness } from './notifier.conformance.ts'
export { type MemoryNotifier, memoryNotifier, type MemoryNotifierOptions } from './notifier.memory.ts'

export type { GeoIp, GeoLocation } from './geo-ip.ts'
export { geoIpConformance, type GeoIpHarness } from './geo-ip.conformance.ts'
export { memoryGeoIp } from './geo-ip.memory.ts'

export { fromBase64url, toBase64url } from '../kernel/base64url.ts'
export { type Clock, epochSeconds, systemClock } from '../kernel/clock.ts'
export { addMilliseconds, after, before, type Duration, milliseconds, seconds } from '../kernel/duration.ts'
export { DomainError } from '../kernel/errors.ts'
export { type Id, newId } from '../kernel/id.ts'
export { type ManualClock, manualClock } from '../kernel/manual-clock.ts'
export { hostOrigin, type MaskedClient, type Origin } from '../kernel/origin.ts'
export type { PageRequest } from '../kernel/page.ts'
export { Secret } from '../kernel/secret.ts'
