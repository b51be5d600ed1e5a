import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { decoded, equal } from './encoding.ts'

const derive = promisify(pbkdf2)

/** No more rounds than this, whatever the hash says: about four seconds of a core. */
const mostRounds = 10_000_000

// Passlib writes the rounds bare, the PHC format as `i=`; Django has another order and no `$` in front, and its salt is text.
const phcForm =
  /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,8})(?:,l=\d+)?\$([\w+/.=-]+)\$([\w+/.=-]+)$/
const djangoForm = /^pbkdf2_(sha1|sha256|sha512)\$(\d{1,8})\$([^$]+)\$([\w+/=]+)$/

/** `$pbkdf2-sha256$…` of passlib and the PHC format, and `pbkdf2_sha256$…` of Django. */
export async function verifyPbkdf2(password: string, text: string): Promise<boolean> {
  const phc = phcForm.exec(text)
  const [, digest = 'sha1', rounds = '', salt = '', hash = ''] = phc ?? djangoForm.exec(text) ?? []
  const expected = decoded(hash)
  if (expected.length < 16 || Number(rounds) < 1 || Number(rounds) > mostRounds) return false
  const salted = phc ? decoded(salt) : Buffer.from(salt)
  return equal(await derive(password, salted, Number(rounds), expected.length, digest), expected)
}
