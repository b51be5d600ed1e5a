/** Calls `run` once after `delayMs` without keeping the process alive for it. Returns what cancels it. */
export function later(delayMs: number, run: () => void): () => void {
  const timer: unknown = setTimeout(run, delayMs)
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref()
  return () => clearTimeout(timer as Parameters<typeof clearTimeout>[0])
}
