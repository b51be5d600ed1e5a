import { AsyncLocalStorage } from 'node:async_hooks'

type Call = (...args: readonly never[]) => Promise<unknown>

/** Tells whether code runs inside a transaction, to refuse what would escape it. It carries nothing: a transaction is what it lends. */
export class EscapeGuard {
  readonly #current = new AsyncLocalStorage<{ open: boolean }>()

  /** Runs the work of a transaction. */
  async inside<T>(work: () => Promise<T>): Promise<T> {
    const scope = { open: true }
    try {
      return await this.#current.run(scope, work)
    } finally {
      // Work that was started inside and outlives the transaction is free again.
      scope.open = false
    }
  }

  /**
   * @throws Error when called inside a transaction. There the call would not be rolled back with it, and where the database has
   * one connection it would wait for ever.
   */
  refuse(what: string): void {
    if (this.#current.getStore()?.open !== true) return
    throw new Error(
      `${what} was called from outside the open transaction. Use what the transaction lends to its callback instead.`,
    )
  }

  /** Every method of `target`, and of the objects in it, refused inside a transaction and passed through `call` outside. */
  around<T extends object>(
    target: T,
    call: <R>(run: () => Promise<R>) => Promise<R> = (run) => run(),
    path = '',
  ): T {
    const entries = Object.entries(target).map(([name, value]: [string, unknown]) => {
      const what = path === '' ? name : `${path}.${name}`
      if (typeof value === 'object' && value !== null) return [name, this.around(value, call, what)]
      if (typeof value !== 'function') return [name, value]
      const guarded = async (...args: readonly never[]) => {
        this.refuse(what)
        return call(() => (value as Call)(...args))
      }
      return [name, guarded]
    })
    return Object.fromEntries(entries) as T
  }
}
