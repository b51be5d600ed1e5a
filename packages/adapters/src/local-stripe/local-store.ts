import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Where a local Stripe keeps itself: one text, the last that was written. */
export interface LocalStripeStore {
  read(): Promise<string | null>
  /** Resolves when the text would survive the end of this process. */
  write(text: string): Promise<void>
}

export function memoryStore(): LocalStripeStore {
  let kept: string | null = null
  return {
    read: async () => kept,
    write: async (text) => {
      kept = text
    },
  }
}

/** In a file that is replaced as a whole. One process at a time. */
export const fileStore = (path: string): LocalStripeStore => ({
  async read() {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw error
    }
  },
  async write(text) {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(`${path}.next`, 'w', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(`${path}.next`, path)
  },
})
