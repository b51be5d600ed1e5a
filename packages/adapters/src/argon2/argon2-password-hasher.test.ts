import { passwordHasherConformance } from '@corbel/auth/ports'
import { describe, expect, test } from 'vitest'
import { conforming } from '../../../../test/vitest-suite.ts'
import { argon2PasswordHasher } from './argon2-password-hasher.ts'

const cheap = { memoryCost: 64, timeCost: 1 }

describe('argon2 password hasher', () => {
  passwordHasherConformance(conforming('password hasher', 'argon2'), async () => argon2PasswordHasher(cheap))

  test('hashes with Argon2id and the OWASP minimum by default', async () => {
    expect(await argon2PasswordHasher().hash('correct horse battery staple')).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/,
    )
  })

  test.each([
    ['less memory', { memoryCost: 32, timeCost: 1 }],
    ['fewer passes', { memoryCost: 64, timeCost: 2 }],
    ['other lanes', { memoryCost: 64, timeCost: 1, parallelism: 2 }],
  ])('a hash made with %s is to be made anew, and still verifies', async (_what, other) => {
    const phc = await argon2PasswordHasher(other).hash('correct horse battery staple')
    const hasher = argon2PasswordHasher(cheap)
    expect(hasher.needsRehash(phc)).toBe(true)
    expect(await hasher.verify('correct horse battery staple', phc)).toBe(true)
  })
})
