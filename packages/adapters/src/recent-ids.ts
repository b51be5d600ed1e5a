// 64 bytes of digest each: less than 2 MB.
const capacity = 10_000

/** Remembers the last 10,000 things that were done, and joins callers that ask for one under way. */
export function onceEach(): (id: string, work: () => Promise<void>) => Promise<void> {
  const known = new Map<string, Promise<void>>()
  return (id, work) => {
    const earlier = known.get(id)
    if (earlier) return earlier
    const run = work()
    known.set(id, run)
    run.then(
      () => {
        for (const oldest of known.keys()) {
          if (known.size <= capacity) break
          known.delete(oldest)
        }
      },
      () => known.delete(id),
    )
    return run
  }
}
