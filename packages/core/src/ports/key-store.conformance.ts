import type { KeyStore } from './key-store.ts'
import { race, racers, type Suite, winners } from './suite.ts'

const document = '{"keys":["the private part of a key 🔑"]}'

export interface KeyStoreHarness {
  readonly store: KeyStore
  /** The same keys through another instance, as a second process opens them. */
  another(): Promise<KeyStore>
  /** What lies on the medium, as text; null where there is no medium. */
  atRest: (() => Promise<string>) | null
  /** Damages what lies on the medium; null where there is no medium. */
  spoil: (() => Promise<void>) | null
}

export interface KeyStoreCapabilities {
  /** Set when keys live in memory only: why the laws of a medium do not apply. */
  readonly noMedium?: string
}

/** The law of {@link KeyStore}. `fresh` gives an empty store for each test. */
export function keyStoreConformance(
  { test, skip, expect }: Suite,
  fresh: () => Promise<KeyStoreHarness>,
  { noMedium }: KeyStoreCapabilities = {},
): void {
  const onMedium = noMedium === undefined ? test : (name: string) => skip(name, noMedium)

  test('read returns null when nothing was ever written', async () => {
    const { store } = await fresh()
    expect(await store.read()).toBe(null)
  })

  test('read returns what was written, also through another instance', async () => {
    const { store, another } = await fresh()
    const written = await store.write(document, null)
    expect(written.document).toBe(document)
    expect(await store.read()).toEqual(written)
    expect(await (await another()).read()).toEqual(written)
  })

  test('a large document survives', async () => {
    const { store, another } = await fresh()
    const large = JSON.stringify({ text: 'ž'.repeat(200_000) })
    await store.write(large, null)
    expect((await (await another()).read())?.document).toBe(large)
  })

  test('write replaces the document at its revision, and the revision changes with every write', async () => {
    const { store } = await fresh()
    const revisions: string[] = []
    let revision: string | null = null
    for (const text of [document, 'second', 'second', document]) {
      revision = (await store.write(text, revision)).revision
      revisions.push(revision)
      expect(await store.read()).toEqual({ document: text, revision })
    }
    expect(new Set(revisions).size).toBe(4)
  })

  test('write throws key-store/conflict when the revision has moved on', async () => {
    const { store, another } = await fresh()
    const first = await store.write(document, null)
    await (await another()).write('second', first.revision)
    await expect(store.write('third', first.revision)).rejects.toMatchObject({ code: 'key-store/conflict' })
    await expect(store.write('third', null)).rejects.toMatchObject({ code: 'key-store/conflict' })
    await expect(store.write('third', 'no such revision')).rejects.toMatchObject({
      code: 'key-store/conflict',
    })
    expect((await store.read())?.document).toBe('second')
  })

  test('write throws key-store/conflict when a revision is expected of an empty store', async () => {
    const { store } = await fresh()
    await expect(store.write(document, 'some revision')).rejects.toMatchObject({ code: 'key-store/conflict' })
    expect(await store.read()).toBe(null)
  })

  test('of concurrent first writes one wins and the others conflict', async () => {
    const { store, another } = await fresh()
    const stores = await Promise.all(Array.from({ length: racers }, another))
    const results = await race((racer) => (stores[racer] ?? store).write(`document ${racer}`, null))
    const [winner, ...rest] = winners(results)
    expect(rest).toHaveLength(0)
    expect(await store.read()).toEqual(winner)
    const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
    expect(codes).toEqual(Array.from({ length: racers - 1 }, () => 'key-store/conflict'))
  })

  test('of concurrent replacements one wins', async () => {
    const { store } = await fresh()
    const first = await store.write(document, null)
    const won = winners(await race((racer) => store.write(`document ${racer}`, first.revision)))
    expect(won).toHaveLength(1)
    expect(await store.read()).toEqual(won[0])
  })

  onMedium('the document is sealed at rest', async () => {
    const { store, atRest } = await fresh()
    await store.write(document, null)
    const text = (await atRest?.()) ?? document
    expect(text.length).toBeGreaterThan(document.length)
    expect(text).not.toContain('private part')
    expect(text).not.toContain(btoa('private part').slice(0, 12))
  })

  onMedium('read rejects what cannot be opened', async () => {
    const { store, another, spoil } = await fresh()
    await store.write(document, null)
    await spoil?.()
    await expect(store.read()).rejects.toThrow()
    await expect((await another()).read()).rejects.toThrow()
  })

  onMedium('what cannot be opened is never overwritten', async () => {
    const { store, atRest, spoil } = await fresh()
    const { revision } = await store.write(document, null)
    await spoil?.()
    const before = await atRest?.()
    await expect(store.write('other', null)).rejects.toThrow()
    await expect(store.write('other', revision)).rejects.toThrow()
    expect(await atRest?.()).toBe(before)
  })
}
