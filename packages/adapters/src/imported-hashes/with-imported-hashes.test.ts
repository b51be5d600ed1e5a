import { pbkdf2Sync, randomBytes, scryptSync } from 'node:crypto'
import { passwordHasherConformance } from '@corbel/auth/ports'
import { hash as bcrypt } from '@node-rs/bcrypt'
import { describe, expect, test } from 'vitest'
import { conforming } from '../../../../test/vitest-suite.ts'
import { argon2PasswordHasher } from '../argon2/argon2-password-hasher.ts'
import { withImportedHashes } from './with-imported-hashes.ts'

const hasher = withImportedHashes(argon2PasswordHasher({ memoryCost: 64, timeCost: 1 }))
const password = 'correct horse battery staple'
const salt = randomBytes(16)
const ab64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '').replaceAll('+', '.')
const bare = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')

/** As the other systems write them. */
const foreign = {
  bcrypt: () => bcrypt(password, { cost: 4 }),
  'bcrypt 2a': async () => (await bcrypt(password, { cost: 4 })).replace(/^\$2.\$/, '$2a$'),
  'scrypt (PHC)': async () =>
    `$scrypt$ln=10,r=8,p=1$${bare(salt)}$${bare(scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 }))}`,
  'scrypt (Better Auth)': async () => {
    const hex = salt.toString('hex')
    const key = scryptSync(password, hex, 64, { N: 16_384, r: 16, p: 1, maxmem: 128 * 16_384 * 16 * 2 })
    return `${hex}:${key.toString('hex')}`
  },
  'pbkdf2 (passlib)': async () =>
    `$pbkdf2-sha256$1000$${ab64(salt)}$${ab64(pbkdf2Sync(password, salt, 1000, 32, 'sha256'))}`,
  'pbkdf2 (PHC)': async () =>
    `$pbkdf2-sha512$i=1000,l=64$${bare(salt)}$${bare(pbkdf2Sync(password, salt, 1000, 64, 'sha512'))}`,
  'pbkdf2 (Django)': async () =>
    `pbkdf2_sha256$1000$salty$${pbkdf2Sync(password, 'salty', 1000, 32, 'sha256').toString('base64')}`,
}

describe('imported hashes', () => {
  passwordHasherConformance(conforming('password hasher', 'imported hashes'), async () => hasher)

  test.each(Object.entries(foreign))(
    '%s verifies the password and no other, and is to be made anew',
    async (_, make) => {
      const text = await make()
      expect(await hasher.verify(password, text)).toBe(true)
      expect(await hasher.verify(`${password} `, text)).toBe(false)
      expect(await hasher.verify('', text)).toBe(false)
      expect(hasher.needsRehash(text)).toBe(true)
    },
  )

  // Vectors of others: Openwall's crypt_blowfish and RFC 7914 §11 (PBKDF2, scrypt).
  test.each([
    ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    [
      'passwd',
      `$pbkdf2-sha256$1$${bare(Buffer.from('salt'))}$${bare(
        Buffer.from(
          '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
          'hex',
        ),
      )}`,
    ],
    [
      'pleaseletmein',
      `$scrypt$ln=14,r=8,p=1$${bare(Buffer.from('SodiumChloride'))}$${bare(
        Buffer.from(
          '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
          'hex',
        ),
      )}`,
    ],
  ])('the published vector of %j', async (typed, text) => {
    expect(await hasher.verify(typed, text)).toBe(true)
  })

  test.each([
    '$2b$',
    '$2b$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
    '$scrypt$ln=40,r=99,p=99$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '$scrypt$ln=10,r=8,p=1$AAAA$',
    '$pbkdf2-sha256$99999999$AAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '$pbkdf2-md5$1000$AAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    `${'0'.repeat(32)}:${'0'.repeat(127)}`,
  ])('%s is not a hash', async (text) => {
    expect(await hasher.verify(password, text)).toBe(false)
  })
})
