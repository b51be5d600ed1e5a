import type { StreamPage } from './event-stream.ts'

/** Events read in one go; a reader that is far behind takes several pages. */
const pageSize = 100

export interface FollowSource {
  read(after: string | null, limit: number): Promise<StreamPage>
  /** Calls `wake` after each append, from now until the returned function is called. Waking for nothing does no harm. */
  listen(wake: () => void): () => void
  /** Reads again after this many milliseconds without being woken. @default never */
  readonly idleMs?: number
}

/** For adapters: `follow`, made of `read` and something that wakes it. */
export async function* followByReading(
  { read, listen, idleMs }: FollowSource,
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<StreamPage, void, undefined> {
  let cursor = after
  let woken = Promise.withResolvers<void>()
  const wake = (): void => woken.resolve()
  const stop = listen(wake)
  // Asking a composed signal costs as much as the rest of a turn, and there are as many turns as readers.
  const state = { isOver: signal.aborted }
  const end = (): void => {
    state.isOver = true
    wake()
  }
  signal.addEventListener('abort', end)
  try {
    while (!state.isOver) {
      // Renewed before the read: an append during it must not be slept through.
      woken = Promise.withResolvers<void>()
      const page = await read(cursor, pageSize)
      // The signal may have aborted while the engine was reading.
      if (state.isOver) return
      if (page.events.length > 0 || page.reset) {
        // A stream that is gone begins again before its first event.
        cursor = page.events.at(-1)?.id ?? null
        yield page
        continue
      }
      const timer = idleMs === undefined ? undefined : setTimeout(wake, idleMs)
      await woken.promise
      clearTimeout(timer)
    }
  } finally {
    stop()
    signal.removeEventListener('abort', end)
  }
}
