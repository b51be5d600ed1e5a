import type { Clock } from '@corbel/core'
import type { NonceRepository } from '../ports/nonce-repository.ts'
import type { ServiceAccountRecord, ServiceAccountRepository } from '../ports/service-account-repository.ts'
import type { ClientSecrets } from '../service-accounts/client-secrets.ts'
import type { ServiceAccountId } from '../service-accounts/service-account.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import { claimedClient, jwtBearerAssertion, verifyAssertion } from './client-assertion.ts'
import type { PresentedToken } from './oauth.ts'
import { OAuthErrors } from './oauth-errors.ts'

export type PresentedClient = Pick<
  PresentedToken,
  'client_id' | 'client_secret' | 'client_assertion' | 'client_assertion_type'
>

export interface ClientAuthenticatorDeps {
  readonly serviceAccounts: Pick<ServiceAccountRepository, 'findClient'>
  readonly nonces: NonceRepository
  readonly clock: Clock
  readonly clientSecrets: ClientSecrets
  readonly apiKeyDigest: KeyedDigest
  /** The issuer, then its token endpoint, which older clients name (RFC 7523 §3). */
  readonly assertionAudience: readonly string[]
}

const idForm = /^svc_[0-9a-hjkmnp-tv-z]{26}$/

/** Finds out which service account is calling: one read, and one write for an assertion, which can be used once. */
export class ClientAuthenticator {
  readonly #deps: ClientAuthenticatorDeps

  constructor(deps: ClientAuthenticatorDeps) {
    this.#deps = deps
  }

  /** @throws `oauth/invalid-request` for two ways at once; `oauth/invalid-client`, the same for every other fault. */
  async authenticate(body: PresentedClient, authorization: string | null): Promise<ServiceAccountRecord> {
    const ways = [authorization ?? undefined, body.client_secret, body.client_assertion]
    if (ways.filter((way) => way !== undefined).length > 1)
      throw OAuthErrors.invalidRequest({ detail: 'The client is authenticated in more than one way.' })
    const client =
      body.client_assertion === undefined
        ? await this.#bySecret(body, authorization)
        : await this.#byAssertion(body, body.client_assertion)
    if (client) return client
    // RFC 6749 §5.2: the challenge is of the scheme that the client used.
    throw OAuthErrors.invalidClient({ headers: { 'www-authenticate': 'Basic realm="oauth"' } })
  }

  async #bySecret(body: PresentedClient, authorization: string | null): Promise<ServiceAccountRecord | null> {
    const { clientSecrets } = this.#deps
    const basic = authorization === null ? null : parseBasic(authorization)
    const { id, secret } =
      authorization === null ? { id: body.client_id, secret: body.client_secret } : (basic ?? {})
    if (id === undefined || secret === undefined) return null
    if (body.client_id !== undefined && body.client_id !== id) return null
    const client = await this.#find(id)
    if (!client || client.secretDigest === null) return null
    return (await clientSecrets.matches(secret, client.secretDigest)) ? client : null
  }

  async #byAssertion(body: PresentedClient, assertion: string): Promise<ServiceAccountRecord | null> {
    const { nonces, clock, apiKeyDigest, assertionAudience } = this.#deps
    const id = claimedClient(assertion)
    if (body.client_assertion_type !== jwtBearerAssertion || id === undefined) return null
    if (body.client_id !== undefined && body.client_id !== id) return null
    const client = await this.#find(id)
    if (!client?.publicKey) return null
    const expected = { clientId: client.id, audience: assertionAudience, now: clock.now() }
    const verified = await verifyAssertion(assertion, client.publicKey, expected)
    if (!verified) return null
    const used = await apiKeyDigest.of('client-assertion', `${client.id}\0${verified.jti}`)
    return (await nonces.claim(used, verified.expiresAt)) ? client : null
  }

  async #find(id: string): Promise<ServiceAccountRecord | null> {
    return idForm.test(id) ? this.#deps.serviceAccounts.findClient(id as ServiceAccountId) : null
  }
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function parseBasic(header: string): { readonly id: string; readonly secret: string } | null {
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(header)?.[1]
  try {
    const [id = '', ...rest] = atob(encoded ?? '').split(':')
    return rest.length === 1 ? { id: decode(id), secret: decode(rest[0] ?? '') } : null
  } catch {
    return null
  }
}

const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))
