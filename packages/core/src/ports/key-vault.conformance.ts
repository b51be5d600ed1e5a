import { fromBase64url } from '../kernel/base64url.ts'
import type { KeyVault } from './key-vault.ts'
import { race, racers, type Suite, winners } from './suite.ts'

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const context = 'ten_1|totp|aut_1'

export interface KeyVaultHarness {
  readonly vault: KeyVault
  /** A vault over the same keys, as a second process opens it. */
  another(): Promise<KeyVault>
  /** A vault with keys of its own. */
  stranger(): Promise<KeyVault>
}

/** The law of {@link KeyVault}. `fresh` gives a vault that has no keys yet for each test. */
export function keyVaultConformance({ test, expect }: Suite, fresh: () => Promise<KeyVaultHarness>): void {
  async function verifies(
    vault: KeyVault,
    kid: string,
    signature: Uint8Array<ArrayBuffer>,
    data: Uint8Array<ArrayBuffer>,
  ) {
    const published = (await vault.publicKeys()).find((key) => key.kid === kid)
    if (published === undefined) return false
    const key = await crypto.subtle.importKey('raw', fromBase64url(published.x), 'Ed25519', false, ['verify'])
    return crypto.subtle.verify('Ed25519', key, signature, data)
  }

  test('a signature is verified by the public key of the same id', async () => {
    const { vault, another } = await fresh()
    const signer = await vault.signer()
    const data = bytes('what is signed')
    const signature = await signer.sign(data)
    expect(signer.algorithm).toBe('EdDSA')
    expect(signature).toHaveLength(64)
    expect(await verifies(vault, signer.kid, signature, data)).toBe(true)
    expect(await verifies(await another(), signer.kid, signature, data)).toBe(true)
    expect(await verifies(vault, signer.kid, signature, bytes('what is signed!'))).toBe(false)
  })

  test('a stranger does not accept the signature', async () => {
    const { vault, stranger } = await fresh()
    const signer = await vault.signer()
    const signature = await signer.sign(bytes('data'))
    expect(await verifies(await stranger(), signer.kid, signature, bytes('data'))).toBe(false)
  })

  test('publicKeys shows the signing key among them, and nothing private', async () => {
    const { vault } = await fresh()
    const { kid } = await vault.signer()
    const keys = await vault.publicKeys()
    expect(keys.map((key) => key.kid)).toContain(kid)
    for (const key of keys) {
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
      expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' })
      expect(fromBase64url(key.x)).toHaveLength(32)
    }
    expect(new Set(keys.map((key) => key.kid)).size).toBe(keys.length)
  })

  test('publicKeysChangedAt, where it is known, is the same in every process', async () => {
    const { vault, another } = await fresh()
    await vault.publicKeys()
    const changedAt = await vault.publicKeysChangedAt?.()
    expect(Number.isNaN(changedAt?.getTime())).toBe(false)
    expect(await (await another()).publicKeysChangedAt?.()).toEqual(changedAt)
  })

  test('open gives back what was sealed, also in another process', async () => {
    const { vault, another } = await fresh()
    for (const plaintext of [
      bytes(''),
      bytes('a secret ž 🔑'),
      crypto.getRandomValues(new Uint8Array(5000)),
    ]) {
      const sealed = await vault.seal(plaintext, context)
      expect(await vault.open(sealed, context)).toEqual(plaintext)
      expect(await (await another()).open(sealed, context)).toEqual(plaintext)
    }
  })

  test('a sealed value is text that differs every time and does not show what it holds', async () => {
    const { vault } = await fresh()
    const sealed = await Promise.all([1, 2, 3].map(() => vault.seal(bytes('hunter2 hunter2'), context)))
    expect(new Set(sealed).size).toBe(3)
    for (const text of sealed) {
      expect(/^[\w.~-]+$/.test(text)).toBe(true)
      expect(text).not.toContain('hunter2')
      expect(text).not.toContain(btoa('hunter2').slice(0, 8))
    }
  })

  test('a value sealed for another context does not open', async () => {
    const { vault } = await fresh()
    const sealed = await vault.seal(bytes('secret'), context)
    for (const other of ['', 'ten_2|totp|aut_1', `${context} `, context.slice(0, -1)]) {
      await expect(vault.open(sealed, other)).rejects.toThrow()
    }
  })

  test('a value that was changed anywhere does not open', async () => {
    const { vault } = await fresh()
    const sealed = await vault.seal(bytes('secret'), context)
    for (let i = 0; i < sealed.length; i++) {
      const changed = sealed.slice(0, i) + (sealed[i] === 'A' ? 'B' : 'A') + sealed.slice(i + 1)
      await expect(vault.open(changed, context)).rejects.toThrow()
    }
    for (const changed of [
      '',
      '.',
      sealed.slice(0, -1),
      `${sealed}A`,
      `${sealed}=`,
      ` ${sealed}`,
      'v1.a.b.c',
    ]) {
      await expect(vault.open(changed, context)).rejects.toThrow()
    }
  })

  test('a value sealed elsewhere does not open', async () => {
    const { vault, stranger } = await fresh()
    const sealed = await (await stranger()).seal(bytes('secret'), context)
    await expect(vault.open(sealed, context)).rejects.toThrow()
  })

  test('processes that begin at once end with the same keys', async () => {
    const { vault, another } = await fresh()
    const vaults = await Promise.all(Array.from({ length: racers }, another))
    const signers = winners(await race(async (racer) => (vaults[racer] ?? vault).signer()))
    expect(signers).toHaveLength(racers)
    expect(new Set(signers.map(({ kid }) => kid)).size).toBe(1)
    const sealed = await Promise.all(vaults.map((each) => each.seal(bytes('secret'), context)))
    for (const text of sealed) expect(await vault.open(text, context)).toEqual(bytes('secret'))
  })
}
