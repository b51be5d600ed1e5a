import { decodeJwt, importJWK, jwtVerify } from 'jose'
import type { ClientPublicKey } from '../service-accounts/service-account.ts'

/** RFC 7523 §2.2. */
export const jwtBearerAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** By the type of the key, never by what the assertion says (RFC 8725 §3.1). */
export const assertionAlgorithms: Readonly<Record<ClientPublicKey['kty'], string[]>> = {
  OKP: ['EdDSA', 'Ed25519'],
  EC: ['ES256'],
}

/** Seconds: longest time for which an assertion is good. */
const longestLife = 300

/** Seconds by which clocks may differ. */
const tolerance = 5

/** Which client an assertion speaks of; nothing of it is proved. */
export function claimedClient(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).sub
  } catch {
    return undefined
  }
}

/** RFC 7523 §3. @returns the number that the assertion may be used once by, or null when it is not good. */
export async function verifyAssertion(
  assertion: string,
  publicKey: ClientPublicKey,
  expected: { readonly clientId: string; readonly audience: readonly string[]; readonly now: Date },
): Promise<{ readonly jti: string; readonly expiresAt: Date } | null> {
  const { clientId, audience, now } = expected
  const algorithms = assertionAlgorithms[publicKey.kty]
  try {
    const { payload } = await jwtVerify(assertion, await importJWK(publicKey, algorithms[0]), {
      algorithms,
      issuer: clientId,
      subject: clientId,
      audience: [...audience],
      currentDate: now,
      clockTolerance: tolerance,
      requiredClaims: ['exp', 'jti'],
    })
    const { aud, jti, exp = 0 } = payload
    const isShort = exp * 1000 <= now.getTime() + (longestLife + tolerance) * 1000
    // One audience: an assertion for several servers could be used by one of them at another.
    const isOurs = typeof aud === 'string' || (Array.isArray(aud) && aud.length === 1)
    if (!isShort || !isOurs || typeof jti !== 'string' || jti === '' || jti.length > 255) return null
    return { jti, expiresAt: new Date((exp + tolerance) * 1000) }
  } catch {
    return null
  }
}
