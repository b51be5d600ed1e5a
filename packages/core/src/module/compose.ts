import type { Any } from '../any.ts'
import type { JobQueue } from '../ports/job-queue.ts'
import type { JobRecorder } from '../ports/job-store.ts'
import type { Storage, StorageTransaction } from '../ports/storage.ts'
import type { Platform } from './module.ts'
import { personalDataOf } from './personal-data.ts'
import type { AnyModule } from './stack-types.ts'
import { tenantUsageOf } from './tenant-usage.ts'

type Named = Readonly<Record<string, Any>>

export interface ComposeOptions {
  readonly modules: readonly AnyModule[]
  readonly storage: Storage<Any>
  readonly queue: JobQueue
  readonly platform: Platform
  /** By module name. */
  readonly settings: Named
  readonly state: Named
  /** Called after every transaction that committed, with the names of the jobs that it enqueued. */
  readonly committed: (jobs: ReadonlySet<string>) => void
}

/** One transaction: the storage's, with the recorder of the queue in use. */
interface Joined {
  readonly tx: StorageTransaction<Any>
  readonly jobs: JobRecorder
  /** What is to run after the commit. */
  readonly committed: (() => void)[]
}

/**
 * The services of every module, over the storage itself or over one transaction of it. Each service is built on first use,
 * so a transaction pays only for the modules that it touches.
 */
export function compose(options: ComposeOptions, joined: Joined | null = null): Named {
  const { modules, storage, platform, settings, state } = options
  const repositories = (joined?.tx ?? storage).repositories
  const services: Record<string, unknown> = {}
  const run = (work: (joined: Joined, uses: Named) => Promise<Any>) =>
    joined ? work(joined, services) : transact(options, work)
  for (const module of modules) {
    const { name } = module
    lazy(services, name, () =>
      module.services({
        platform,
        settings: settings[name],
        state: state[name],
        repositories: repositories[name],
        uses: services,
        personalData: personalDataOf(modules, services),
        usage: tenantUsageOf(modules, services),
        onCommit: (work: () => void) => (joined ? void joined.committed.push(work) : work()),
        transaction: (work: (scope: Any) => Promise<Any>) =>
          run(({ tx, jobs }, uses) =>
            work({
              repositories: tx.repositories[name],
              uses,
              events: tx.events,
              jobs,
              personalData: personalDataOf(modules, uses),
            }),
          ),
      }),
    )
  }
  return services
}

/** Runs work over every module's services in one transaction. */
export async function transact<T>(
  options: ComposeOptions,
  work: (joined: Joined, services: Named) => Promise<T>,
): Promise<T> {
  const { storage, queue, committed } = options
  const names = new Set<string>()
  const after: (() => void)[] = []
  const result = await storage.transaction((tx) => {
    const jobs: JobRecorder = {
      enqueue: async (...list) => {
        await queue.within(tx).enqueue(...list)
        for (const { name } of list) names.add(name)
      },
    }
    // A storage may run the work again, after it had failed: what the first run had asked for never came to be.
    after.length = 0
    const joined = { tx, jobs, committed: after }
    return work(joined, compose(options, joined))
  })
  for (const run of after) run()
  committed(names)
  return result
}

function lazy(target: object, name: string, make: () => unknown): void {
  let made: unknown
  Object.defineProperty(target, name, { enumerable: true, get: () => (made ??= make()) })
}
