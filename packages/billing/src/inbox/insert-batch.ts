interface Waiting<T, R> {
  readonly item: T
  readonly resolve: (result: R) => void
  readonly reject: (error: unknown) => void
}

/**
 * Runs many small writes as few larger ones: while one is under way the next ones gather. Each caller learns what became of its own
 * item, and only after the write that holds it has succeeded.
 */
export class InsertBatch<T, R> {
  readonly #limit: number
  readonly #waiting: Waiting<T, R>[] = []
  #running = false

  /** @param limit - Most items in one write. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** @param write - Gives one result for each item, in their order. That of whoever starts the write is used. */
  add(item: T, write: (items: readonly T[]) => Promise<readonly R[]>): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (!this.#running) void this.#run(write)
    })
  }

  async #run(write: (items: readonly T[]) => Promise<readonly R[]>): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) await settle(this.#waiting.splice(0, this.#limit), write)
    this.#running = false
  }
}

async function settle<T, R>(
  batch: readonly Waiting<T, R>[],
  write: (items: readonly T[]) => Promise<readonly R[]>,
): Promise<void> {
  try {
    const results = await write(batch.map(({ item }) => item))
    for (const [index, { resolve }] of batch.entries()) resolve(results[index] as R)
  } catch (error) {
    // One that can never be written must not fail those that happened to come along.
    if (batch.length > 1) for (const waiting of batch) await settle([waiting], write)
    else for (const { reject } of batch) reject(error)
  }
}
