import { HttpErrors } from './http-errors.ts'
import type { OpenStream, OpenStreams } from './open-streams.ts'

/** Nobody knows when a stream ends; soon enough for people, and seldom enough for a loop. */
const retryAfter = 5

/** Counts the event streams that this process keeps open for each caller. */
export class StreamSlots implements OpenStreams {
  readonly #limit: number
  readonly #open = new Map<string, number>()
  readonly #buckets = new WeakMap<OpenStream, string>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** @throws `http/rate-limited` when all are taken. */
  take(bucket: string): void {
    const open = this.#open.get(bucket) ?? 0
    if (open >= this.#limit) throw HttpErrors.rateLimited({ retryAfter })
    this.#open.set(bucket, open + 1)
  }

  free(bucket: string): void {
    const open = (this.#open.get(bucket) ?? 1) - 1
    if (open === 0) this.#open.delete(bucket)
    else this.#open.set(bucket, open)
  }

  /** Leaves it to the stream to free what was taken: when it ends, or its reader leaves. */
  hand(bucket: string, stream: OpenStream): void {
    this.#buckets.set(stream, bucket)
  }

  add(): void {}

  delete(stream: OpenStream): boolean {
    const bucket = this.#buckets.get(stream)
    if (bucket === undefined) return false
    this.#buckets.delete(stream)
    this.free(bucket)
    return true
  }
}
