import type { Clock } from '../kernel/clock.ts'
import type { PortAdapter } from '../ports/adapter.ts'
import type { Cache } from '../ports/cache.ts'
import { memoryCache } from '../ports/cache.memory.ts'
import type { EventStream } from '../ports/event-stream.ts'
import { memoryEventStream } from '../ports/event-stream.memory.ts'
import type { Fetcher } from '../ports/fetcher.ts'
import type { GeoIp } from '../ports/geo-ip.ts'
import { memoryGeoIp } from '../ports/geo-ip.memory.ts'
import { memoryKeyStore } from '../ports/key-store.memory.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import { localKeyVault } from '../ports/local-key-vault.ts'
import type { Lock } from '../ports/lock.ts'
import { memoryLock } from '../ports/lock.memory.ts'
import type { Mailer } from '../ports/mailer.ts'
import { memoryMailer } from '../ports/mailer.memory.ts'
import type { Notifier } from '../ports/notifier.ts'
import { memoryNotifier } from '../ports/notifier.memory.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import { memoryObjectStore } from '../ports/object-store.memory.ts'
import type { PubSub } from '../ports/pub-sub.ts'
import { memoryPubSub } from '../ports/pub-sub.memory.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import { memoryRateLimiter } from '../ports/rate-limiter.memory.ts'
import type { SecretStore } from '../ports/secret-store.ts'
import { memorySecretStore } from '../ports/secret-store.memory.ts'
import { noFetcher } from './no-fetcher.ts'

/** The ports that a stack shares among its modules and that take no part in transactions. */
export interface SharedPorts {
  readonly keyVault: KeyVault
  readonly mailer: Mailer
  readonly cache: Cache
  readonly rateLimiter: RateLimiter
  readonly eventStream: EventStream
  readonly pubSub: PubSub
  readonly lock: Lock
  readonly objectStore: ObjectStore
  readonly secretStore: SecretStore
  readonly notifier: Notifier
  readonly geoIp: GeoIp
  readonly fetcher: Fetcher
}

export type SharedPortName = keyof SharedPorts

/** What the core itself cannot do without. */
const always: readonly SharedPortName[] = ['keyVault', 'mailer', 'cache', 'rateLimiter']

/** The ports that were given, and an in-process stand-in for each that was not. */
export function sharedPorts(given: Partial<SharedPorts>, clock: Clock): SharedPorts {
  const {
    keyVault = localKeyVault({ store: memoryKeyStore(), clock }),
    mailer = memoryMailer(),
    cache = memoryCache({ clock }),
    rateLimiter = memoryRateLimiter({ clock }),
    eventStream = memoryEventStream({ clock }),
    pubSub = memoryPubSub(),
    lock = memoryLock({ clock }),
    objectStore = memoryObjectStore(),
    secretStore = memorySecretStore(),
    notifier = memoryNotifier(),
    geoIp = memoryGeoIp(),
    fetcher = noFetcher(),
  } = given
  return {
    keyVault,
    mailer,
    cache,
    rateLimiter,
    eventStream,
    pubSub,
    lock,
    objectStore,
    secretStore,
    notifier,
    geoIp,
    fetcher,
  }
}

/** Those that start-up and readiness ask, and that production refuses as stand-ins: what was given, and what somebody needs. */
export function portsInUse(
  ports: SharedPorts,
  given: Partial<SharedPorts>,
  modules: readonly { readonly needs?: readonly SharedPortName[] }[],
): Readonly<Record<string, PortAdapter>> {
  const needed = new Set<string>([...always, ...modules.flatMap(({ needs = [] }) => needs)])
  return Object.fromEntries(
    Object.entries(ports).filter(([name]) => needed.has(name) || given[name as SharedPortName] !== undefined),
  )
}
