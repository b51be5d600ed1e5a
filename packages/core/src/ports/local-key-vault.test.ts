import { expect, test } from 'vitest'
import { manualClock } from '../kernel/manual-clock.ts'
import { createKeyDocument, type KeyDocument, thumbprint } from './key-document.ts'
import { memoryKeyStore } from './key-store.memory.ts'
import type { KeyStore } from './key-store.ts'
import { localKeyVault } from './local-key-vault.ts'

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

function counting(store: KeyStore): KeyStore & { reads(): number } {
  let reads = 0
  return {
    ...store,
    reads: () => reads,
    read: () => {
      reads += 1
      return store.read()
    },
  }
}

async function change(store: KeyStore, edit: (document: KeyDocument) => KeyDocument): Promise<void> {
  const stored = await store.read()
  if (stored === null) throw new Error('There are no keys to change.')
  await store.write(JSON.stringify(edit(JSON.parse(stored.document))), stored.revision)
}

test('the thumbprint is that of RFC 8037 appendix A.3', async () => {
  const print = await thumbprint('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo')
  expect(print).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
})

test('reads the store once, however many sign and seal', async () => {
  const store = counting(memoryKeyStore())
  await localKeyVault({ store }).signer()
  const before = store.reads()
  const vault = localKeyVault({ store })
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      await (await vault.signer()).sign(bytes('data'))
      await vault.open(await vault.seal(bytes('data'), 'context'), 'context')
      await vault.publicKeys()
    }),
  )
  expect(store.reads() - before).toBe(1)
})

test('the document carries state and age of every key, and the clock sets the age', async () => {
  const store = memoryKeyStore()
  const clock = manualClock(new Date('2026-03-04T05:06:07Z'))
  const { kid } = await localKeyVault({ store, clock }).signer()
  const document = JSON.parse((await store.read())?.document ?? '{}')
  expect(document).toMatchObject({
    version: 1,
    signing: [{ kid, state: 'active', createdAt: '2026-03-04T05:06:07.000Z' }],
    sealing: [{ state: 'active', createdAt: '2026-03-04T05:06:07.000Z' }],
  })
})

test('after a rotation, refresh signs and seals with the new keys and still accepts and opens with the old', async () => {
  const store = memoryKeyStore()
  const vault = localKeyVault({ store })
  const old = await vault.signer()
  const sealed = await vault.seal(bytes('secret'), 'context')
  const next = await createKeyDocument(manualClock())
  await change(store, ({ signing, sealing }) => ({
    version: 1,
    signing: [...signing.map((key) => ({ ...key, state: 'retired' as const })), ...next.signing],
    sealing: [...sealing.map((key) => ({ ...key, state: 'retired' as const })), ...next.sealing],
  }))
  expect((await vault.signer()).kid).toBe(old.kid)
  await vault.refresh()
  expect((await vault.signer()).kid).toBe(next.signing[0]?.kid)
  expect((await vault.publicKeys()).map(({ kid }) => kid)).toEqual([old.kid, next.signing[0]?.kid])
  expect(await vault.open(sealed, 'context')).toEqual(bytes('secret'))
  const resealed = await vault.seal(bytes('secret'), 'context')
  expect(resealed.split('.')[1]).toBe(next.sealing[0]?.kid)
})

test('a published key is shown before it is used', async () => {
  const store = memoryKeyStore()
  const vault = localKeyVault({ store })
  const { kid } = await vault.signer()
  const next = await createKeyDocument(manualClock())
  await change(store, (document) => ({
    ...document,
    signing: [...document.signing, ...next.signing.map((key) => ({ ...key, state: 'published' as const }))],
  }))
  await vault.refresh()
  expect((await vault.signer()).kid).toBe(kid)
  expect(await vault.publicKeys()).toHaveLength(2)
})

test('a failed read is not remembered, and no key is made because of it', async () => {
  const store = memoryKeyStore()
  const { kid } = await localKeyVault({ store }).signer()
  let fails = true
  const vault = localKeyVault({
    store: {
      ...store,
      read: async () => (fails ? Promise.reject(new Error('the disk is away')) : store.read()),
    },
  })
  await expect(vault.signer()).rejects.toThrow('the disk is away')
  fails = false
  expect((await vault.signer()).kid).toBe(kid)
})

test('a failed refresh leaves the keys in use, and keys that have vanished are not replaced', async () => {
  const store = memoryKeyStore()
  let empty = false
  const vault = localKeyVault({ store: { ...store, read: async () => (empty ? null : store.read()) } })
  const { kid } = await vault.signer()
  empty = true
  await expect(vault.refresh()).rejects.toThrow('Restore it from a backup')
  expect((await vault.signer()).kid).toBe(kid)
})

test.each([
  '',
  'not JSON',
  '{}',
  '{"version":2,"signing":[],"sealing":[]}',
  '{"version":1,"signing":[],"sealing":[]}',
])('refuses the document %j and writes nothing over it', async (document) => {
  const store = memoryKeyStore()
  await store.write(document, null)
  await expect(localKeyVault({ store }).signer()).rejects.toThrow('Restore the key store from a backup')
  expect((await store.read())?.document).toBe(document)
})

test('no error quotes a private key', async () => {
  const store = memoryKeyStore()
  const vault = localKeyVault({ store })
  await vault.signer()
  const { d } = JSON.parse((await store.read())?.document ?? '{}').signing[0]
  await change(store, (document) => ({ ...document, sealing: [] }))
  const failure = await vault.refresh().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(Error)
  expect(String((failure as Error).stack)).not.toContain(d)
})
