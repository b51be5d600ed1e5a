import type { PasswordHasher } from '@corbel/auth/ports'
import { verifyPbkdf2 } from './pbkdf2.ts'
import { verifyBetterAuth, verifyScrypt } from './scrypt.ts'

type Verify = (password: string, text: string) => Promise<boolean>

const verifiers: readonly (readonly [form: RegExp, verify: Verify])[] = [
  [/^\$2[aby]\$/, verifyBcrypt],
  [/^\$scrypt\$/, verifyScrypt],
  [/^\$pbkdf2[-$]|^pbkdf2_/, verifyPbkdf2],
  [/^[0-9a-f]{32}:[0-9a-f]{128}$/, verifyBetterAuth],
]

/**
 * Adds to a hasher the verification of hashes from other systems: bcrypt (`$2a$`, `$2b$`, `$2y$`; needs `@node-rs/bcrypt`), scrypt
 * (PHC, Better Auth's `salt:hex`) and PBKDF2 (PHC, passlib, Django). They are made anew by the hasher at the next sign-in. Bcrypt
 * compares the first 72 bytes of a password until then.
 */
export const withImportedHashes = (hasher: PasswordHasher): PasswordHasher => ({
  hash: (password) => hasher.hash(password),
  needsRehash: (phc) => hasher.needsRehash(phc),
  async verify(password, phc) {
    const verify = verifiers.find(([form]) => form.test(phc))?.[1]
    if (!verify) return hasher.verify(password, phc)
    try {
      return await verify(password, phc)
    } catch {
      // Parameters that no implementation takes: not a hash.
      return false
    }
  },
})

async function verifyBcrypt(password: string, text: string): Promise<boolean> {
  const { verify } = await import('@node-rs/bcrypt')
  return verify(password, text)
}
