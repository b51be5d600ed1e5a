import { Secret } from '@corbel/core/ports'
import { fileSecretStore } from './file-secret-store.ts'

// Run as a process of its own: writes to one name that all share and to one of its own, and reports what it was told it won.
const [path = '', secret = '', name = ''] = process.argv.slice(2)
const store = fileSecretStore({ path, secret: new Secret(secret) })
const won: string[] = []
const failed: string[] = []

async function compete(): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const stored = await store.get('shared')
    const entry = `${name}/${attempt}`
    const list = [...(stored === null ? [] : (JSON.parse(stored.value.reveal()) as string[])), entry]
    try {
      await store.put('shared', new Secret(JSON.stringify(list)), stored?.version ?? null)
      won.push(entry)
    } catch (error) {
      failed.push(error instanceof Error && 'code' in error ? String(error.code) : String(error))
    }
    await store.put(name, new Secret(String(attempt)), (await store.get(name))?.version ?? null)
  }
}

// Together with the others: the parent says when all are up.
process.once('message', async () => {
  await compete()
  process.send?.({ won, failed }, () => process.disconnect())
})
process.send?.('ready')
