import type { BenchDatabase } from './database.ts'
import { cpuMicros, type Slice, type Subject } from './measure.ts'

/** What a slice got done, and how long that took. */
export interface Worked {
  readonly operations: number
  readonly seconds: number
}

/** A server under test: what its work costs, and the highest rate at which it did it. */
export class Measured {
  readonly #database: BenchDatabase
  readonly #name: string
  readonly #pid: number
  /** By subject: operations per second of its best slice. */
  readonly rates = new Map<string, number>()

  constructor(database: BenchDatabase, name: string, pid: number) {
    this.#database = database
    this.#name = name
    this.#pid = pid
  }

  subject(label: string, work: () => Promise<Worked>): Subject {
    return {
      slice: async (): Promise<Slice> => {
        const databaseBefore = await this.#database.cpuMicros(this.#name)
        const before = cpuMicros(this.#pid)
        const { operations, seconds } = await work()
        const serverMicros = cpuMicros(this.#pid) - before
        const databaseMicros = (await this.#database.cpuMicros(this.#name)) - databaseBefore
        this.rates.set(label, Math.max(this.rates.get(label) ?? 0, operations / seconds))
        return { operations, serverMicros, databaseMicros }
      },
      close: async () => {},
    }
  }
}
