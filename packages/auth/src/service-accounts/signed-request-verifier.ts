import { type Clock, epochSeconds, type Secret } from '@corbel/core'
import type { KeyVault } from '@corbel/core/ports'
import { importJWK, jwtVerify } from 'jose'
import { AuthErrors } from '../auth-errors.ts'
import { type CredentialRequest, SignedRequestClaims } from './account-credential.ts'

/** RFC 8725 §3.11: no other JWT that the same keys sign has this type. */
export const signedRequestType = 'credential-request+jwt'

/** Seconds: longest time for which a request is good. */
const longestLife = 300

/** Seconds that the clock of the signer may be ahead. */
const tolerance = 30

export interface SignedRequestVerifierDeps {
  readonly clock: Clock
  readonly keyVault: KeyVault
  /** Whom a request must be for: the issuer of the tokens. */
  readonly audience: string
  /** HS256; absent: only the key vault may sign. */
  readonly secret: Secret | undefined
}

export interface VerifiedRequest {
  readonly request: CredentialRequest
  /** To be used once, until then. */
  readonly nonce: { readonly value: string; readonly expiresAt: Date }
}

/** Checks requests that were signed by the key vault (EdDSA) or with the shared secret (HS256). */
export class SignedRequestVerifier {
  readonly #deps: SignedRequestVerifierDeps

  constructor(deps: SignedRequestVerifierDeps) {
    this.#deps = deps
  }

  /** @throws `auth/invalid-credential-request`, the same for every fault. */
  async verify(signedRequest: string): Promise<VerifiedRequest> {
    const claims = await this.#claimsOf(signedRequest)
    if (!claims || !this.#isCurrent(claims)) throw AuthErrors.invalidCredentialRequest()
    const { iss, aud: _, iat: __, exp, jti, ...request } = claims
    return { request, nonce: { value: `${iss}\0${jti}`, expiresAt: new Date((exp + tolerance) * 1000) } }
  }

  async #claimsOf(signedRequest: string) {
    const { clock, audience, secret, keyVault } = this.#deps
    const options = { typ: signedRequestType, audience, currentDate: clock.now(), clockTolerance: tolerance }
    try {
      const { payload } = await jwtVerify(
        signedRequest,
        // The key decides the algorithm (RFC 8725 §3.1): a public key is never taken for a secret.
        async ({ alg, kid }) => {
          if (alg === 'HS256' && secret) return new TextEncoder().encode(secret.reveal())
          const key = (await keyVault.publicKeys()).find((known) => alg === 'EdDSA' && known.kid === kid)
          if (!key) throw new Error('There is no such key.')
          return importJWK({ ...key }, 'EdDSA')
        },
        { ...options, algorithms: ['HS256', 'EdDSA'] },
      )
      return SignedRequestClaims.safeParse(payload).data ?? null
    } catch {
      return null
    }
  }

  #isCurrent({ iat, exp }: { readonly iat: number; readonly exp: number }): boolean {
    const now = epochSeconds(this.#deps.clock.now())
    return iat <= now + tolerance && exp > iat && exp - iat <= longestLife
  }
}
