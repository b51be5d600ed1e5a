/** What observes a request cannot fail it. */
export function guarded(observe: () => void): void {
  try {
    observe()
  } catch {
    // There is nobody left to tell: the observer is where failures are told.
  }
}
