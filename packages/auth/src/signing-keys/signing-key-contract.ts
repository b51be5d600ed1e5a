import { anyone, defineContract, type Duration, ok } from '@corbel/core'
import { SigningKeySet } from './signing-key.ts'

/** @param maxAge - How long others may keep the keys. */
export const signingKeysKeptFor = (maxAge: Duration) =>
  defineContract('signing-keys', '', {
    keys: {
      method: 'GET',
      path: '/.well-known/jwks.json',
      access: anyone,
      summary: 'List the public keys that access tokens are signed with',
      success: ok(SigningKeySet),
      cache: { maxAge, dated: true },
    },
  })

export const signingKeyContract = signingKeysKeptFor('5m')
