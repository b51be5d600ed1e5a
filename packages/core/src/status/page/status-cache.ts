import type { Clock } from '../../kernel/clock.ts'
import { StatusErrors } from '../status-errors.ts'
import type { StatusData } from './status-data.ts'

interface Kept {
  readonly data: StatusData
  readonly readAt: Date
}

// Other replicas show a change after this time at the latest.
const freshMs = 5_000
/** How long a reader waits for a slow database when there is something to show. */
const patienceMs = 1_000

/** What is shown, as it was read last: it stays to be shown when the database does not answer. */
export class StatusCache {
  readonly #clock: Clock
  #kept: Kept | null = null
  #stale: { readonly kept: Kept; readonly data: StatusData } | null = null
  #reading: Promise<void> | null = null
  /** When to read again. */
  #due = 0
  /** Counts changes, so that what was read before one is not taken for new. */
  #changes = 0

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock
  }

  /** Has the next reader read again. */
  expire(): void {
    this.#changes++
    this.#due = 0
  }

  /** @throws `status/unavailable` when it cannot be read and never was. */
  async get(read: () => Promise<StatusData>): Promise<StatusData> {
    if (this.#clock.now().getTime() >= this.#due) await this.#refresh(read)
    const kept = this.#kept
    if (!kept) throw StatusErrors.unavailable()
    if (this.#stale?.kept === kept) return this.#stale.data
    return kept.data
  }

  async #refresh(read: () => Promise<StatusData>): Promise<void> {
    this.#reading ??= this.#read(read).finally(() => {
      this.#reading = null
    })
    if (this.#kept === null)
      return this.#reading.catch((cause: unknown) => {
        throw StatusErrors.unavailable({}, { cause })
      })
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('late')), patienceMs)
    })
    try {
      await Promise.race([this.#reading, late])
    } catch {
      this.#show(this.#kept)
    } finally {
      clearTimeout(timer)
      late.catch(() => {})
    }
  }

  async #read(read: () => Promise<StatusData>): Promise<void> {
    const changes = this.#changes
    const data = await read()
    this.#kept = { data, readAt: this.#clock.now() }
    this.#stale = null
    this.#due = changes === this.#changes ? this.#clock.now().getTime() + freshMs : 0
  }

  /** Says how old it is, once for all who ask. */
  #show(kept: Kept): void {
    this.#due = this.#clock.now().getTime() + freshMs
    if (this.#stale?.kept === kept) return
    const summary = { ...kept.data.summary, staleSince: kept.readAt.toISOString() }
    this.#stale = { kept, data: { ...kept.data, summary } }
  }
}
