import type { Secret } from '@corbel/core/ports'

/** What of a connection an identity provider has to know. */
export interface IdentityProviderClient {
  /** Where the provider is, and whom it calls itself. */
  readonly issuer: string
  readonly clientId: string
  /** Null for a public client. */
  readonly clientSecret: Secret | null
  readonly tokenAuthMethod: 'client_secret_basic' | 'client_secret_post' | 'none'
  readonly scopes: readonly string[]
  /** Where the provider sends browsers back to; one for each connection, so that no provider can answer for another. */
  readonly redirectUri: string
}

/** One sign-in of one browser. */
export interface IdentityRequest {
  /** Unguessable, used once; the provider gives it back. */
  readonly state: string
  /** An address to suggest to whoever signs in. */
  readonly loginHint?: string | undefined
  /** Whether a session at the provider is not enough: the person must authenticate now. */
  readonly reauthenticate: boolean
}

/** Somebody, as a provider knows them. Who they are is issuer and subject together, and nothing else. */
export interface ProvedIdentity {
  readonly issuer: string
  readonly subject: string
  readonly email: string | null
  /** Whether the provider says that it has verified the address. */
  readonly emailVerified: boolean
  readonly displayName: string | null
  /** How they authenticated, in the provider's words: `amr` values and the `acr`, or SAML's AuthnContextClassRef. */
  readonly methods: readonly string[]
  /** When they authenticated; null when the provider does not tell. */
  readonly authenticatedAt: Date | null
}

/**
 * A protocol in which others say who somebody is. It keeps nothing between `start` and `finish`: what it must remember goes
 * through `memo`, which is kept for it sealed, for ten minutes at most, and given back once.
 */
export interface IdentityProvider {
  /** Whether the issuer is one that it can work with. @throws `auth/sso-issuer-refused` */
  check(issuer: string): Promise<void>
  /** Where to send the browser. @throws `auth/sso-unavailable` when the provider cannot be reached. */
  start(
    client: IdentityProviderClient,
    request: IdentityRequest,
  ): Promise<{ readonly url: string; readonly memo: string }>
  /**
   * Who it is, from the parameters with which the browser came back. Everything in them is checked: whom they are from and for,
   * signature, age, and that they answer this request.
   *
   * @throws `auth/sso-refused` when the provider refused, or when anything of its answer is not as it must be.
   * @throws `auth/sso-unavailable` when the provider cannot be reached.
   */
  finish(
    client: IdentityProviderClient,
    request: Pick<IdentityRequest, 'state'> & {
      readonly memo: string
      readonly parameters: Readonly<Record<string, string>>
    },
  ): Promise<ProvedIdentity>
}
