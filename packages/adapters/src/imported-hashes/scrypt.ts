import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { decoded, equal } from './encoding.ts'

const derive = promisify<
  string,
  Buffer,
  number,
  { readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number },
  Buffer
>(scrypt)

/** No more memory than this for one hash, whatever its parameters say. */
const maxmem = 256 * 1024 * 1024

const phcForm = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/.-]+)\$([\w+/.-]+)$/
const betterAuthForm = /^([0-9a-f]{32}):([0-9a-f]{128})$/

/** `$scrypt$ln=…,r=…,p=…$salt$hash`, as passlib and the PHC format write it. */
export async function verifyScrypt(password: string, phc: string): Promise<boolean> {
  const [, ln, r, p, salt = '', hash = ''] = phcForm.exec(phc) ?? []
  const expected = decoded(hash)
  if (ln === undefined || expected.length < 16) return false
  const cost = { N: 2 ** Number(ln), r: Number(r), p: Number(p), maxmem }
  return equal(await derive(password, decoded(salt), expected.length, cost), expected)
}

/** `salt:hash` of Better Auth: N = 2^14, r = 16, p = 1, 64 bytes, over the NFKC form, and the salt is its hexadecimal text. */
export async function verifyBetterAuth(password: string, text: string): Promise<boolean> {
  const [, salt, hash] = betterAuthForm.exec(text) ?? []
  if (salt === undefined || hash === undefined) return false
  const cost = { N: 16_384, r: 16, p: 1, maxmem }
  return equal(
    await derive(password.normalize('NFKC'), Buffer.from(salt), 64, cost),
    Buffer.from(hash, 'hex'),
  )
}
