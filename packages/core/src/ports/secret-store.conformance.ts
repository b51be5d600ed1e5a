import { Secret } from '../kernel/secret.ts'
import type { SecretStore, StoredSecret } from './secret-store.ts'
import { race, racers, type Suite, winners } from './suite.ts'

export interface SecretStoreHarness {
  readonly store: SecretStore
  /** The same secrets through another instance, as a second process opens them. */
  another(): Promise<SecretStore>
  /** What lies on the medium, as text; null where there is no medium. */
  atRest: (() => Promise<string>) | null
  /** Damages what lies on the medium; null where there is no medium. */
  spoil: (() => Promise<void>) | null
}

export interface SecretStoreCapabilities {
  /** Set when the store cannot be written: why. */
  readonly readOnly?: string
  /** Set when there is no medium of the store's own: why its laws do not apply. */
  readonly noMedium?: string
  /** Set when the store says so of itself. */
  readonly lastWriteWins?: boolean
  /** Most bytes of a value, where the service behind the store takes fewer than the port. */
  readonly mostBytes?: number
}

const initial = { 'billing/stripe-key': 'sk_live_žluť 🔑\n', 'billing/stripe2': 'b', mail: ' c ' }
const [name, value] = ['billing/stripe-key', initial['billing/stripe-key']]
const longest = 32_768

const shown = (stored: StoredSecret | null) =>
  stored && { value: stored.value.reveal(), version: stored.version }

const invalidNames = [
  '', '/', 'a/', '/a', 'a//b', 'a--b', '-a', 'a-', 'a/-b', 'a-/b', 'A', 'aB', 'a_b', 'a__b', 'a.b', '..', '../a', 'a/../b', 'a b', 'a\n', 'a\0',
  'a=b', 'ž', '__proto__', 'a'.repeat(201),
] // prettier-ignore

/** The law of {@link SecretStore}. `fresh` gives a store that holds `initial` and nothing else, for each test. */
export function secretStoreConformance(
  { test, skip, expect }: Suite,
  fresh: (initial: Readonly<Record<string, string>>) => Promise<SecretStoreHarness>,
  { readOnly, noMedium, lastWriteWins = false, mostBytes = 2 * longest }: SecretStoreCapabilities = {},
): void {
  const whenWritable = readOnly === undefined ? test : (name: string) => skip(name, readOnly)
  const whenReadOnly =
    readOnly === undefined ? (name: string) => skip(name, 'the store can be written') : test
  const noRest = readOnly ?? noMedium
  const onMedium = noRest === undefined ? test : (name: string) => skip(name, noRest)
  const whenCompared =
    readOnly !== undefined || lastWriteWins
      ? (name: string) => skip(name, readOnly ?? 'the last write wins')
      : test
  // Two bytes each.
  const longestText = 'ž'.repeat(Math.min(longest, mostBytes / 2))
  const conflict = { code: 'secret-store/conflict' }

  test('get returns the value as it was put, and null when there is none', async () => {
    const { store } = await fresh(initial)
    for (const [name, value] of Object.entries(initial))
      expect((await store.get(name))?.value.reveal()).toBe(value)
    for (const other of ['billing', 'billing/stripe', 'billing/stripe/key', 'constructor', 'a'.repeat(200)])
      expect(await store.get(other)).toBe(null)
  })

  test('the version is the same for all who read', async () => {
    const { store, another } = await fresh(initial)
    const first = await store.get(name)
    expect(typeof first?.version).toBe('string')
    expect(shown(await store.get(name))).toEqual(shown(first))
    expect(shown(await (await another()).get(name))).toEqual(shown(first))
  })

  test('list gives the names of a prefix in order', async () => {
    const names = ['a', 'a-b', 'a/1', 'a/10', 'a/2', 'a/b/c', 'ab', 'b']
    const { store } = await fresh(Object.fromEntries(names.toReversed().map((name) => [name, 'x'])))
    for (const prefix of ['', 'a', 'a/', 'a/1', 'a/b', 'a/b/', 'a-', 'b', 'c', 'A', '*', '%'])
      expect(await store.list(prefix)).toEqual(names.filter((name) => name.startsWith(prefix)).toSorted())
    expect(await (await fresh({})).store.list('')).toEqual([])
  })

  test('names that differ are different secrets', async () => {
    const names = ['a', 'a/b', 'a-b', 'ab', 'a/b-c', 'a-b/c', 'a/b/c', 'a-b-c', '1', 'a1', 'a/1']
    const { store } = await fresh(Object.fromEntries(names.map((name) => [name, `of ${name}`])))
    for (const name of names) expect((await store.get(name))?.value.reveal()).toBe(`of ${name}`)
    expect(await store.list('')).toHaveLength(names.length)
  })

  test('get and put throw secret-store/invalid-name for names that are none', async () => {
    const { store } = await fresh({})
    const code = { code: 'secret-store/invalid-name' }
    for (const invalid of invalidNames) {
      await expect(store.get(invalid)).rejects.toMatchObject(code)
      await expect(store.put(invalid, new Secret('x'), null)).rejects.toMatchObject(code)
    }
    expect(await store.list('')).toEqual([])
  })

  test('writable says whether put can succeed', async () => {
    expect((await fresh({})).store.writable).toBe(readOnly === undefined)
  })

  test('lastWriteWins says whether the store cannot compare and write in one step', async () => {
    expect((await fresh({})).store.lastWriteWins !== undefined).toBe(lastWriteWins)
  })

  whenReadOnly('put throws secret-store/read-only and changes nothing', async () => {
    const { store } = await fresh(initial)
    const before = await store.get(name)
    for (const [put, expected] of [
      [name, before?.version ?? ''],
      [name, null],
      ['new', null],
    ] as const)
      await expect(store.put(put, new Secret('x'), expected)).rejects.toMatchObject({
        code: 'secret-store/read-only',
      })
    expect(shown(await store.get(name))).toEqual(shown(before))
    expect(await store.list('')).toEqual(Object.keys(initial).toSorted())
  })

  whenWritable('get returns what put wrote, also through another instance, the longest too', async () => {
    const { store, another } = await fresh({})
    for (const text of [value, longestText, ' \t', '{"a":1}']) {
      const written = await store.put(name, new Secret(text), (await store.get(name))?.version ?? null)
      expect(written.value.reveal()).toBe(text)
      expect(shown(await store.get(name))).toEqual(shown(written))
      expect(shown(await (await another()).get(name))).toEqual(shown(written))
    }
    expect(await store.list('')).toEqual([name])
  })

  whenWritable('every write changes the version of its secret, and of no other', async () => {
    const { store } = await fresh(initial)
    const other = shown(await store.get('mail'))
    const versions = [(await store.get(name))?.version ?? null]
    for (const text of ['second', 'second', value])
      versions.push((await store.put(name, new Secret(text), versions.at(-1) ?? null)).version)
    expect(new Set(versions).size).toBe(4)
    expect(shown(await store.get('mail'))).toEqual(other)
  })

  whenWritable(
    'put throws secret-store/conflict when the version has moved on, and changes nothing',
    async () => {
      const { store, another } = await fresh(initial)
      const first = (await store.get(name))?.version ?? null
      await (await another()).put(name, new Secret('second'), first)
      for (const expected of [first, null, 'no such version'])
        await expect(store.put(name, new Secret('third'), expected)).rejects.toMatchObject(conflict)
      await expect(store.put('new', new Secret('x'), first)).rejects.toMatchObject(conflict)
      expect((await store.get(name))?.value.reveal()).toBe('second')
      expect(await store.get('new')).toBe(null)
    },
  )

  whenCompared('of concurrent first writes of one name one wins and the others conflict', async () => {
    const { store, another } = await fresh(initial)
    const stores = await Promise.all(Array.from({ length: racers }, another))
    const results = await race((racer) => (stores[racer] ?? store).put('new', new Secret(`${racer}`), null))
    const [winner, ...rest] = winners(results)
    expect(rest).toHaveLength(0)
    expect(shown(await store.get('new'))).toEqual(shown(winner ?? null))
    const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
    expect(codes).toEqual(Array.from({ length: racers - 1 }, () => conflict.code))
  })

  whenCompared('of concurrent replacements one wins', async () => {
    const { store } = await fresh(initial)
    const version = (await store.get(name))?.version ?? null
    const won = winners(await race((racer) => store.put(name, new Secret(`${racer}`), version)))
    expect(won).toHaveLength(1)
    expect(shown(await store.get(name))).toEqual(shown(won[0] ?? null))
  })

  whenWritable('concurrent writes of other names do not disturb each other', async () => {
    const { store, another } = await fresh(initial)
    const stores = await Promise.all(Array.from({ length: 8 }, another))
    const put = (racer: number) =>
      (stores[racer % 8] ?? store).put(`race/${racer}`, new Secret(`${racer}`), null)
    expect(winners(await race(put))).toHaveLength(racers)
    for (let racer = 0; racer < racers; racer++)
      expect((await store.get(`race/${racer}`))?.value.reveal()).toBe(`${racer}`)
    expect(await store.list('')).toHaveLength(racers + 3)
  })

  whenWritable('put throws secret-store/invalid-value for what is none', async () => {
    const { store } = await fresh({})
    for (const text of ['', 'a\0b', '\ud800', `${longestText}x`])
      await expect(store.put(name, new Secret(text), null)).rejects.toMatchObject({
        code: 'secret-store/invalid-value',
      })
    expect(await store.get(name)).toBe(null)
  })

  test('no error holds a value', async () => {
    const { store } = await fresh(initial)
    for (const [name, text] of [
      [' ', 'hunter2'],
      ['mail', 'hunter2'],
      ['mail', 'hunter2\0'],
    ] as const) {
      let thrown: unknown
      await store.put(name, new Secret(text), 'no such version').catch((error: unknown) => (thrown = error))
      expect(thrown instanceof Error).toBe(true)
      const { message, stack, cause } = thrown as Error
      expect(`${message}${stack}${String(cause)}${JSON.stringify(thrown)}`).not.toContain('hunter2')
    }
  })

  onMedium('secrets are sealed at rest', async () => {
    const { store, atRest } = await fresh({})
    await store.put(name, new Secret('the private part of a secret'), null)
    const text = (await atRest?.()) ?? 'private part'
    expect(text.length).toBeGreaterThan(0)
    for (const plain of ['private part', btoa('private part').slice(0, 12), 'stripe'])
      expect(text).not.toContain(plain)
  })

  onMedium('what cannot be opened is rejected, and never overwritten', async () => {
    const { store, another, atRest, spoil } = await fresh(initial)
    const version = (await store.get(name))?.version ?? null
    await spoil?.()
    const before = await atRest?.()
    for (const each of [store, await another()]) {
      await expect(each.get(name)).rejects.toThrow()
      await expect(each.list('')).rejects.toThrow()
      for (const expected of [version, null])
        await expect(each.put(name, new Secret('other'), expected)).rejects.toThrow()
    }
    expect(await atRest?.()).toBe(before)
  })
}
