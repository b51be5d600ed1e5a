import { manualClock, type PublicKey, recordingLogger } from '@corbel/core/ports'
import { exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { VerificationKeys } from './verification-keys.ts'

async function publicKey(kid: string): Promise<PublicKey> {
  const { publicKey: key } = await generateKeyPair('EdDSA', { extractable: true })
  const { x = '' } = await exportJWK(key)
  return { kid, kty: 'OKP', crv: 'Ed25519', x, alg: 'EdDSA', use: 'sig' }
}

/** A vault that learns of the keys of other processes only when it is refreshed. */
async function setUp() {
  const clock = manualClock()
  const logger = recordingLogger()
  const shared = [await publicKey('first')]
  let seen = [...shared]
  const vault = {
    publicKeys: vi.fn(async () => seen),
    refresh: vi.fn(async () => {
      seen = [...shared]
    }),
  }
  const onChange = vi.fn()
  const keys = new VerificationKeys({ clock, logger, keyVault: vault as never, onChange })
  await keys.refresh()
  return { clock, logger, shared, vault, onChange, keys }
}

describe('verification keys', () => {
  it('are read once and then not for 1 s', async () => {
    const { keys, vault, clock } = await setUp()
    clock.advance('999ms')
    await keys.refresh()
    expect(await keys.find('first')).not.toBeNull()
    expect(vault.publicKeys).toHaveBeenCalledTimes(1)
  })

  it('that another process has added are found at the first token that names them', async () => {
    const { keys, shared, onChange } = await setUp()
    shared.push(await publicKey('second'))
    expect(await keys.find('second')).not.toBeNull()
    expect(await keys.find('first')).not.toBeNull()
    expect(onChange).toHaveBeenCalledTimes(2)
  })

  it('are looked for by all callers that come at once, with one question to the vault', async () => {
    const { keys, shared, vault } = await setUp()
    shared.push(await publicKey('second'))
    const found = await Promise.all(Array.from({ length: 64 }, () => keys.find('second')))
    expect(found.filter((key) => key === null)).toEqual([])
    expect(vault.refresh).toHaveBeenCalledTimes(1)
  })

  it('are not looked for twice in 1 s', async () => {
    const { keys, vault, clock } = await setUp()
    for (const kid of ['a', 'b', 'c']) expect(await keys.find(kid)).toBeNull()
    expect(vault.refresh).toHaveBeenCalledTimes(1)
    clock.advance('1s')
    await keys.find('d')
    expect(vault.refresh).toHaveBeenCalledTimes(2)
  })

  it('that were retired are gone after 1 s', async () => {
    const { keys, shared, clock, onChange } = await setUp()
    shared.splice(0, 1, await publicKey('second'))
    clock.advance('1s')
    await keys.refresh()
    expect(await keys.find('first')).toBeNull()
    expect(onChange).toHaveBeenCalledTimes(2)
  })

  it('stay in use while the vault does not answer', async () => {
    const { keys, vault, clock, logger } = await setUp()
    vault.refresh.mockRejectedValue(new Error('away'))
    clock.advance('1s')
    await keys.refresh()
    expect(await keys.find('first')).not.toBeNull()
    expect(await keys.find('unknown')).toBeNull()
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'warn'])
  })

  it('are asked for again when the very first answer failed', async () => {
    const publicKeys = vi.fn(async () => [await publicKey('first')])
    publicKeys.mockRejectedValueOnce(new Error('away'))
    const vault = { publicKeys } as never
    const options = { clock: manualClock(), logger: recordingLogger(), onChange: () => {} }
    const keys = new VerificationKeys({ ...options, keyVault: vault })
    await expect(keys.refresh()).rejects.toThrow('away')
    await keys.refresh()
    expect(await keys.find('first')).not.toBeNull()
  })
})
