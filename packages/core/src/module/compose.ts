import type { Any } from '../any.ts'
import type { Storage, StorageTransaction } from '../ports/storage.ts'
import type { Platform } from './module.ts'
import type { AnyModule } from './stack-types.ts'

type Named = Readonly<Record<string, Any>>

export interface ComposeOptions {
  readonly modules: readonly AnyModule[]
  readonly storage: Storage<Any>
  readonly platform: Platform
  /** By module name. */
  readonly settings: Named
  readonly state: Named
  /** Called after every transaction that committed. */
  readonly committed: () => void
}

/**
 * The services of every module, over the storage itself or over one transaction of it. Each service is built on first use,
 * so a transaction pays only for the modules that it touches.
 */
export function compose(options: ComposeOptions, tx: StorageTransaction<Any> | null = null): Named {
  const { modules, storage, platform, settings, state, committed } = options
  const repositories = (tx ?? storage).repositories
  const services: Record<string, unknown> = {}
  const transaction = async (work: (inner: StorageTransaction<Any>, uses: Named) => Promise<Any>) => {
    if (tx) return work(tx, services)
    const result = await storage.transaction((inner) => work(inner, compose(options, inner)))
    committed()
    return result
  }
  for (const module of modules) {
    const { name } = module
    lazy(services, name, () =>
      module.services({
        platform,
        settings: settings[name],
        state: state[name],
        repositories: repositories[name],
        uses: services,
        transaction: (work: (scope: Any) => Promise<Any>) =>
          transaction((inner, uses) =>
            work({ repositories: inner.repositories[name], uses, events: inner.events }),
          ),
      }),
    )
  }
  return services
}

function lazy(target: object, name: string, make: () => unknown): void {
  let made: unknown
  Object.defineProperty(target, name, { enumerable: true, get: () => (made ??= make()) })
}
