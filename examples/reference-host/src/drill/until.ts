import { setTimeout as delay } from 'node:timers/promises'

/** Waits for something to become true. @throws Error when it does not */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await isTrue()) return
    await delay(50)
  }
  throw new Error(`It did not come to this within 20 s: ${what}`)
}
