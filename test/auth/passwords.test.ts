import { scryptSync } from 'node:crypto'
import { argon2PasswordHasher } from '@corbel/adapters/argon2'
import { withImportedHashes } from '@corbel/adapters/imported-hashes'
import type { SignInCandidate } from '@corbel/auth/ports'
import { describe, expect, it } from 'vitest'
import { peppers, testApp, type TestApp } from './support.fixture.ts'

const argon2 = (cost?: { memoryCost: number }) => () => argon2PasswordHasher(cost)

const candidate = async (app: TestApp): Promise<SignInCandidate> => {
  const found = await app.storage.repositories.auth.users.findForSignIn('ada@example.com')
  if (!found) throw new Error('ada has no account')
  return found
}

describe('a password', () => {
  it('W-01: counts to its last character with Argon2id, however long the pepper is', async () => {
    const app = await testApp({
      hasher: argon2(),
      settings: { AUTH_PASSWORD_PEPPER: crypto.randomUUID().repeat(3) },
    })
    const common = 'seven lamps in the attic burn all night, and nobody knows who lights them'.slice(0, 72)
    expect(common).toHaveLength(72)
    await app.register('ada@example.com', { password: `${common} right` })
    expect((await app.signIn('ada@example.com', { password: `${common} right` })).status).toBe(200)
    for (const password of [`${common} wrong`, common, `${common} righ`, `${common} right `]) {
      expect((await app.signIn('ada@example.com', { password })).status).toBe(401)
    }
  })

  it('is hashed anew at sign-in when the pepper has been rotated or the hash has become cheap', async () => {
    const old = await testApp({ hasher: argon2({ memoryCost: 1024 }) })
    await old.register('ada@example.com')
    const before = await candidate(old)
    expect(before.credential.pepperId).toBe('v1')
    const { storage, vault, clock } = old
    const ring = `v2:${crypto.randomUUID()},v1:${peppers.AUTH_PASSWORD_PEPPER}`
    const rotated = await testApp({
      storage,
      vault,
      clock,
      hasher: argon2(),
      settings: { AUTH_PASSWORD_PEPPER: ring },
    })
    expect((await rotated.signIn('ada@example.com', { password: 'a wrong password' })).status).toBe(401)
    expect((await candidate(rotated)).credential).toEqual(before.credential)
    expect((await rotated.signIn('ada@example.com')).status).toBe(200)
    const { credential } = await candidate(rotated)
    expect(credential.pepperId).toBe('v2')
    expect(credential.passwordHash).toContain('m=19456')
    expect((await rotated.signIn('ada@example.com')).status).toBe(200)
    expect((await candidate(rotated)).credential).toEqual(credential)
  })

  it('cannot be checked by whoever has the database but not the pepper', async () => {
    const app = await testApp()
    await app.register('ada@example.com')
    const { storage, vault, clock } = app
    const thief = await testApp({
      storage,
      vault,
      clock,
      settings: { AUTH_PASSWORD_PEPPER: crypto.randomUUID() },
    })
    expect((await thief.signIn('ada@example.com')).status).toBe(401)
  })
})

describe('an imported password', () => {
  it('of Better Auth signs in, and is hashed anew with pepper and Argon2id', async () => {
    const app = await testApp({ hasher: () => withImportedHashes(argon2PasswordHasher()) })
    const typed = 'correct horse battery staple'
    const salt = '00112233445566778899aabbccddeeff'
    const key = scryptSync(typed, salt, 64, { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 })
    const imported = { email: 'Ada@Example.com', emailVerified: true, tenantName: 'Acme' }
    const passwordHash = `${salt}:${key.toString('hex')}`
    const { user } = await app.stack.auth.users.importUser({ ...imported, passwordHash })
    expect(user).toMatchObject({ email: 'ada@example.com', emailVerified: true })
    expect((await app.signIn('ada@example.com', { password: 'a wrong password' })).status).toBe(401)
    expect((await candidate(app)).credential).toEqual({ passwordHash, pepperId: '' })
    expect((await app.signIn('ada@example.com')).status).toBe(200)
    const { credential } = await candidate(app)
    expect(credential.pepperId).toBe('v1')
    expect(credential.passwordHash).toContain('$argon2id$')
    expect((await app.signIn('ada@example.com')).status).toBe(200)
    await expect(app.stack.auth.users.importUser({ ...imported, passwordHash })).rejects.toMatchObject({
      code: 'auth/email-taken',
    })
  })
})
