import type { Suite } from '@corbel/core/ports'
import type { PasswordHasher } from './password-hasher.ts'

/** What every `PasswordHasher` must do. */
export function passwordHasherConformance(
  { test, expect }: Suite,
  fresh: () => Promise<PasswordHasher>,
): void {
  const password = 'correct horse battery staple'

  test('verify accepts the password that was hashed and no other', async () => {
    const hasher = await fresh()
    const phc = await hasher.hash(password)
    expect(await hasher.verify(password, phc)).toBe(true)
    expect(await hasher.verify(`${password} `, phc)).toBe(false)
    expect(await hasher.verify('', phc)).toBe(false)
  })

  test('verify reads the whole password', async () => {
    const hasher = await fresh()
    const long = 'x'.repeat(128)
    const phc = await hasher.hash(`${long}a`)
    expect(await hasher.verify(`${long}b`, phc)).toBe(false)
    expect(await hasher.verify(`${long}a`, phc)).toBe(true)
  })

  test('hash uses a fresh salt', async () => {
    const hasher = await fresh()
    expect(await hasher.hash(password)).not.toBe(await hasher.hash(password))
  })

  test('hash gives a PHC string', async () => {
    const hasher = await fresh()
    expect(/^\$[a-z0-9-]+\$/.test(await hasher.hash(password))).toBe(true)
  })

  test('verify is false for what is not a hash', async () => {
    const hasher = await fresh()
    for (const phc of ['', 'plain', '$', '$unknown$v=1$abc', '$argon2id$v=19$m=19456,t=2,p=1$AAAA']) {
      expect(await hasher.verify(password, phc)).toBe(false)
    }
  })

  test('needsRehash is false for what hash makes now', async () => {
    const hasher = await fresh()
    expect(hasher.needsRehash(await hasher.hash(password))).toBe(false)
    expect(hasher.needsRehash('$unknown$v=1$abc')).toBe(true)
  })
}
