import { randomUUID } from 'node:crypto'
import { epochSeconds, systemClock } from '@corbel/core'
import type { KeyVault } from '@corbel/core/ports'
import type { CredentialWish } from 'corbel'

// It is used at once.
const lifeSeconds = 60

/** A request for a credential as a compact JWS (RFC 7515) by the key that signs tokens. Its type keeps it from being taken for one. */
export async function signCredentialRequest(
  keyVault: KeyVault,
  audience: string,
  wish: CredentialWish,
): Promise<string> {
  const { kid, algorithm, sign } = await keyVault.signer()
  const iat = epochSeconds(systemClock.now())
  const claims = { iss: 'corbel', aud: audience, iat, exp: iat + lifeSeconds, jti: randomUUID(), ...wish }
  const head = { alg: algorithm, kid, typ: 'credential-request+jwt' }
  const signed = [head, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${signed}.${Buffer.from(await sign(new TextEncoder().encode(signed))).toString('base64url')}`
}
