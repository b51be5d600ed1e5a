import { expect, test } from 'vitest'
import { addMilliseconds } from '../kernel/duration.ts'
import { manualClock } from '../kernel/manual-clock.ts'
import { memoryKeyStore } from './key-store.memory.ts'
import { localKeyVault } from './local-key-vault.ts'
import { race, winners } from './suite.ts'

async function setUp() {
  const store = memoryKeyStore()
  const clock = manualClock()
  const vault = localKeyVault({ store, clock })
  const { rotation } = vault
  if (!rotation) throw new Error('A local vault rotates its keys.')
  const { kid: first } = await vault.signer()
  const kids = async () => (await vault.publicKeys()).map(({ kid }) => kid)
  return { store, clock, vault, rotation, first, kids }
}

test('a published key is shown and signs nothing; an activated one signs, and the one before is still accepted', async () => {
  const { clock, vault, rotation, first, kids } = await setUp()
  const { kid: second } = await rotation.publish()
  expect([await kids(), (await vault.signer()).kid]).toEqual([[first, second], first])
  clock.advance('5m')
  await rotation.activate(second, clock.now())
  expect([await kids(), (await vault.signer()).kid]).toEqual([[first, second], second])
  clock.advance('2h')
  await rotation.remove(first, clock.now())
  expect(await kids()).toEqual([second])
})

test('no step comes before its time, and each says when that is', async () => {
  const { clock, rotation, first } = await setUp()
  const { kid: second } = await rotation.publish()
  await expect(rotation.activate(second, addMilliseconds(clock.now(), -300_000))).rejects.toMatchObject({
    code: 'key-store/too-early',
    details: { detail: expect.stringContaining('300 s') },
  })
  await expect(rotation.remove(first, clock.now())).rejects.toMatchObject({ code: 'key-store/wrong-state' })
  await rotation.activate(second, clock.now())
  await expect(rotation.remove(first, addMilliseconds(clock.now(), -1))).rejects.toMatchObject({
    code: 'key-store/too-early',
  })
  await expect(rotation.activate(first, clock.now())).rejects.toMatchObject({ code: 'key-store/wrong-state' })
  await expect(rotation.activate('none', clock.now())).rejects.toMatchObject({
    code: 'key-store/key-not-found',
  })
  await rotation.remove(first, null)
  expect(await rotation.list()).toMatchObject([{ kid: second, state: 'active' }])
})

test('of 64 replicas that publish at once all get the same key, and of 64 that activate it one key signs', async () => {
  const { store, clock, first, rotation } = await setUp()
  const replicas = Array.from({ length: 64 }, () => localKeyVault({ store, clock }))
  const published = winners(await race(async (racer) => replicas[racer]?.rotation?.publish()))
  expect(published).toHaveLength(64)
  const [kid = ''] = new Set(published.map((key) => key?.kid))
  expect(new Set(published.map((key) => key?.kid)).size).toBe(1)
  expect(
    winners(await race(async (racer) => replicas[racer]?.rotation?.activate(kid, clock.now()))),
  ).toHaveLength(64)
  expect(await rotation.list()).toMatchObject([
    { kid: first, state: 'retired' },
    { kid, state: 'active' },
  ])
})
