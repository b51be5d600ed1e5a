import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { PasswordHasher } from '@corbel/auth/ports'

const derive = promisify<string, Buffer, number, { N: number }, Buffer>(scrypt)

const cost = { N: 1024 }

/** A real salted hash, but a quick one: the tests of whole flows hash hundreds of times. */
export const cheapHasher: PasswordHasher = {
  hash: async (password) => {
    const salt = randomBytes(16)
    const hash = await derive(password, salt, 32, cost)
    return `$scrypt$ln=10$${salt.toString('base64url')}$${hash.toString('base64url')}`
  },
  verify: async (password, phc) => {
    const [, name, , salt = '', expected = ''] = phc.split('$')
    const hash = await derive(password, Buffer.from(salt, 'base64url'), 32, cost)
    const wanted = Buffer.from(expected, 'base64url')
    return name === 'scrypt' && wanted.length === hash.length && timingSafeEqual(wanted, hash)
  },
  needsRehash: (phc) => !phc.startsWith('$scrypt$ln=10$'),
}
