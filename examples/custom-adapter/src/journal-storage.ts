import { AsyncLocalStorage } from 'node:async_hooks'
import { type AuthRepositories, memoryAuthRepositories } from '@corbel/auth/ports'
import {
  type Clock,
  type EventRecorder,
  memoryAuditLog,
  memoryDeliveries,
  memoryEventRecorder,
  memoryJobs,
  memoryOutbox,
  type Storage,
  systemClock,
} from '@corbel/core/ports'
import { memoryTenantRepositories, type TenantRepositories } from '@corbel/core/tenant/ports'
import { Journal } from './journal.ts'
import { journalIdempotencyStore } from './journal-idempotency-store.ts'
import { applyChanges, type Change, changesBetween, copyOf, emptyTables, type Tables } from './tables.ts'

export interface JournalRepositories {
  readonly tenant: TenantRepositories
  readonly auth: AuthRepositories
}

export interface JournalStorageOptions {
  /** The file; made when it is not there. One process at a time may have it. */
  readonly path: string
  /** @default systemClock */
  readonly clock?: Clock
}

/**
 * Keeps everything in memory and every change in a file. One call or transaction runs at a time: it works on a copy, its
 * changes are written as one line, and then the copy's rows are everybody's. For what fits into memory.
 */
export function journalStorage({
  path,
  clock = systemClock,
}: JournalStorageOptions): Storage<JournalRepositories> {
  const tables = emptyTables()
  const journal = Journal.open<readonly Change[]>(path, (changes) => applyChanges(tables, changes))
  const transactions = new AsyncLocalStorage<{ open: boolean }>()
  let last: Promise<unknown> = Promise.resolve()

  function commit<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
    if (transactions.getStore()?.open === true) {
      throw new Error(
        'The storage was called from inside its own transaction, past what the transaction lends.',
      )
    }
    const next = last.then(async () => {
      const draft = copyOf(tables)
      const result = await work(scopeOf(draft, clock))
      const changes = changesBetween(tables, draft)
      if (changes.length > 0) {
        journal.append(changes)
        applyChanges(tables, changes)
      }
      return result
    })
    last = next.catch(() => {})
    return next
  }

  return {
    adapter: { name: 'journal' },
    ...committing(
      ({ repositories, outbox, jobs, deliveries, idempotency }) => ({
        repositories,
        outbox,
        jobs,
        deliveries,
        idempotency,
      }),
      commit,
      clock,
    ),
    transaction: async (work) =>
      commit(async (scope) => {
        const current = { open: true }
        try {
          return await transactions.run(current, () => work(scope))
        } finally {
          current.open = false
        }
      }),
    check: async () => {},
    close: async () => journal.close(),
  }
}

interface Scope extends Pick<
  Storage<JournalRepositories>,
  'repositories' | 'outbox' | 'jobs' | 'deliveries' | 'idempotency'
> {
  readonly events: EventRecorder
}

/** The ports over one set of tables: the reference implementations, which work on any maps. */
function scopeOf(tables: Tables, clock: Clock): Scope {
  const outbox = { entries: tables.outbox }
  const events = memoryEventRecorder({ clock }, outbox, tables)
  return {
    repositories: {
      tenant: memoryTenantRepositories(tables),
      auth: memoryAuthRepositories(tables, events, memoryAuditLog({ clock }, tables)),
    },
    outbox: memoryOutbox({ clock }, outbox),
    jobs: memoryJobs({ clock }, { jobs: tables.jobs }),
    deliveries: memoryDeliveries({ clock }, tables, outbox, events),
    idempotency: journalIdempotencyStore(tables.claims, clock),
    events,
  }
}

type Commit = <T>(work: (scope: Scope) => Promise<T>) => Promise<T>
type Call = (...args: readonly unknown[]) => Promise<unknown>

/** The same objects with every method run as a commit of its own. */
function committing<T extends object>(part: (scope: Scope) => T, commit: Commit, clock: Clock): T {
  const shape = part(scopeOf(emptyTables(), clock))
  const methods = Object.entries(shape).map(([name, value]: readonly [string, unknown]) => {
    const inner = (scope: Scope): unknown => part(scope)[name as keyof T]
    return typeof value === 'function'
      ? [name, async (...args: readonly unknown[]) => commit((scope) => (inner(scope) as Call)(...args))]
      : [name, committing(inner as (scope: Scope) => object, commit, clock)]
  })
  return Object.fromEntries(methods) as T
}
