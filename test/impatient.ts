import type { Suite } from '@corbel/core/ports'

/** A suite whose tests fail after `ms` milliseconds: what a broken adapter waits for may never come. */
export const impatient = (suite: Suite, ms = 200): Suite => ({
  ...suite,
  test: (name, run) => suite.test(name, () => within(run(), ms)),
})

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`It took more than ${ms} ms.`)), ms)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
