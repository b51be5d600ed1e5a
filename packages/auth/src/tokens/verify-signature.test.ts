import { generateKeyPair, exportJWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { importVerifier } from './verify-signature.node.ts'

const encoder = new TextEncoder()
const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
const { x = '' } = await exportJWK(publicKey)
const key = { kid: 'key-1', kty: 'OKP', crv: 'Ed25519', x, alg: 'EdDSA', use: 'sig' } as const
const sign = async (text: string) =>
  new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, encoder.encode(text)))

// What runs where is decided by the runtime, so both are tested here.
describe.each(['node', 'web'] as const)('a signature verified by %s crypto', (kind) => {
  it('is good for the text that was signed, and for no other', async () => {
    const verify = await importVerifier(key, kind)
    const signature = await sign('header.payload')
    expect(await verify('header.payload', signature)).toBe(true)
    expect(await verify('header.payloae', signature)).toBe(false)
    expect(await verify('header.payload.', signature)).toBe(false)
    expect(await verify('', signature)).toBe(false)
  })

  it('is not good with any bit changed', async () => {
    const verify = await importVerifier(key, kind)
    const signature = await sign('header.payload')
    for (let bit = 0; bit < 512; bit++) {
      const changed = signature.slice()
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(await verify('header.payload', changed)).toBe(false)
    }
  })

  it('keeps concurrent texts apart', async () => {
    const verify = await importVerifier(key, kind)
    const texts = Array.from({ length: 64 }, (_, i) => `header.${'p'.repeat(64 - i)}${i}`)
    const signatures = await Promise.all(texts.map(sign))
    const right = await Promise.all(
      texts.map(async (text, i) => verify(text, signatures[i] ?? new Uint8Array(64))),
    )
    const wrong = await Promise.all(
      texts.map(async (text, i) => verify(text, signatures[(i + 1) % 64] ?? new Uint8Array(64))),
    )
    expect(right).toEqual(texts.map(() => true))
    expect(wrong).toEqual(texts.map(() => false))
  })
})
