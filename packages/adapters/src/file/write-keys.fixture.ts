import { Secret } from '@corbel/core/ports'
import { fileKeyStore } from './file-key-store.ts'

// Run as a process of its own: appends to the document as often as it can win, and reports which appends it was told it won.
const [path = '', secret = '', name = ''] = process.argv.slice(2)
const store = fileKeyStore({ path, secret: new Secret(secret) })
const won: string[] = []
const failed: string[] = []

async function compete(): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt++) {
    const stored = await store.read()
    const entry = `${name}/${attempt}`
    const list = [...(stored === null ? [] : (JSON.parse(stored.document) as string[])), entry]
    try {
      await store.write(JSON.stringify(list), stored?.revision ?? null)
      won.push(entry)
    } catch (error) {
      failed.push(error instanceof Error && 'code' in error ? String(error.code) : String(error))
    }
  }
}

// Together with the others: the parent says when all are up.
process.once('message', async () => {
  await compete()
  process.send?.({ won, failed }, () => process.disconnect())
})
process.send?.('ready')
