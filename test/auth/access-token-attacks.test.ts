import type { PublicKey } from '@corbel/core/ports'
import { describe, expect, it, vi } from 'vitest'
import { decode, forgedTokens, signedAgain } from './forged-tokens.fixture.ts'
import { testApp } from './support.fixture.ts'
import { type TestVault, testVault } from './test-vault.fixture.ts'

// Made before the tests are collected: each forgery is a test of its own.
const app = await testApp()
const tokens = await app.member()
const other = (await app.signIn('ada@example.com')).body
const strangers = await testVault()
const forged = new Map(
  await forgedTokens({
    token: tokens.accessToken,
    otherToken: other.accessToken,
    signer: await app.vault.signer(),
    stranger: await strangers.signer(),
    strangerKey: await onlyKey(strangers),
    publicKey: await onlyKey(app.vault),
    now: Math.floor(app.clock.now().getTime() / 1000),
  }),
)

async function onlyKey(vault: TestVault): Promise<PublicKey> {
  const [key] = await vault.publicKeys()
  if (!key) throw new Error('a vault without a key')
  return key
}

describe('an access token', () => {
  it('is accepted as it was issued', async () => {
    expect((await app.me(tokens.accessToken)).status).toBe(200)
  })

  it('is accepted when the signer signs the same again', async () => {
    const again = await signedAgain(other.accessToken, await app.vault.signer())
    expect((await app.me(again)).status).toBe(200)
  })

  it('comes in more than a hundred forgeries', () => {
    expect(forged.size).toBeGreaterThan(100)
    expect(new Set(forged.values()).size).toBe(forged.size)
  })

  it.each([...forged.keys()])('is not %s', async (name) => {
    const network = vi
      .spyOn(globalThis, 'fetch')
      .mockRejectedValue(new Error('no key comes from the network'))
    // Whatever has been verified before must not help.
    await app.me(tokens.accessToken)
    const { status, headers, body } = await app.me(forged.get(name) ?? '')
    expect(status).toBe(401)
    expect(['auth/invalid-access-token', 'http/invalid-token', 'http/unauthenticated']).toContain(body.code)
    expect(headers.get('content-type')).toContain('application/problem+json')
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect(network).not.toHaveBeenCalled()
    network.mockRestore()
  })

  it('is still accepted after all of them', async () => {
    expect((await app.me(tokens.accessToken)).status).toBe(200)
  })

  it('cannot keep the vault busy by made-up key names', async () => {
    const before = app.vault.reads
    for (const [name, token] of forged) if (/kid|key/.test(name)) await app.me(token)
    expect(app.vault.reads - before).toBeLessThanOrEqual(1)
  })

  it('says nothing of the account that anyone may read', () => {
    const claims = decode(tokens.accessToken.split('.')[1])
    expect(JSON.stringify(claims)).not.toContain('ada@example.com')
  })
})
