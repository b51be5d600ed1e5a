import { AuthErrors, type IdentityProvider, type IdentityProviderClient } from '@corbel/auth/ports'
import { type Fetcher, FetcherErrors } from '@corbel/core/ports'
import * as oidc from 'openid-client'
import { guardedFetch } from './guarded-fetch.ts'
import { IssuerCache, type KnownIssuer } from './issuer-cache.ts'
import { identityOf } from './oidc-claims.ts'

export interface OidcIdentityProviderOptions {
  /** Reaches the providers; whatever addresses it refuses cannot be issuers. */
  readonly fetcher: Fetcher
  /** Milliseconds for each request to a provider. @default 5000 */
  readonly timeoutMs?: number
  /** Origins that may be spoken to over plain http, such as `http://127.0.0.1:4000`: for development and tests. @default none */
  readonly plainHttpOrigins?: readonly string[]
  /** Seconds by which the clocks of providers may differ from this one. @default 60 */
  readonly clockSkewSeconds?: number
}

/** What must be known again when the browser comes back. */
interface Memo {
  readonly verifier: string
  readonly nonce: string
  readonly maxAge: number | null
}

/**
 * OpenID Connect: authorization code with PKCE (S256), state and nonce. The signature of the ID token is always verified, though it
 * comes straight from the provider (ASVS 5.0 V6.8.2), and `iss` of the answer is compared where the provider sends it (RFC 9207).
 */
export function oidcIdentityProvider({
  fetcher,
  timeoutMs = 5000,
  plainHttpOrigins = [],
  clockSkewSeconds = 60,
}: OidcIdentityProviderOptions): IdentityProvider {
  const accepts = (address: string): boolean => {
    const url = URL.parse(address)
    return url !== null && (url.protocol === 'https:' || plainHttpOrigins.includes(url.origin))
  }
  const fetch = guardedFetch({ fetcher, timeoutMs, accepts })
  const issuers = new IssuerCache()

  async function discovered(issuer: string): Promise<KnownIssuer> {
    const known = issuers.get(issuer)
    if (known) return known
    if (!accepts(issuer)) throw new Error('The issuer is neither https nor an origin that is allowed.')
    const config = await oidc.discovery(new URL(issuer), 'discovery', undefined, oidc.None(), {
      [oidc.customFetch]: fetch,
      timeout: timeoutMs / 1000,
      execute: isPlain(issuer) ? [oidc.allowInsecureRequests] : [],
    })
    const metadata = config.serverMetadata()
    if (metadata.issuer !== issuer) throw new Error('The issuer calls itself by another name.')
    for (const endpoint of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const)
      if (!accepts(metadata[endpoint] ?? '')) throw new Error(`The ${endpoint} of the issuer cannot be used.`)
    return issuers.set(issuer, { metadata: { ...metadata } })
  }

  function configured({ metadata, keys }: KnownIssuer, client: IdentityProviderClient): oidc.Configuration {
    const config = new oidc.Configuration(
      metadata,
      client.clientId,
      { [oidc.clockTolerance]: clockSkewSeconds },
      clientAuth(client),
    )
    config[oidc.customFetch] = fetch
    config.timeout = timeoutMs / 1000
    if (isPlain(metadata.issuer)) oidc.allowInsecureRequests(config)
    oidc.enableNonRepudiationChecks(config)
    if (keys) oidc.setJwksCache(config, keys)
    return config
  }

  return {
    async check(issuer) {
      try {
        await discovered(issuer)
      } catch (cause) {
        throw AuthErrors.ssoIssuerRefused({}, { cause })
      }
    },

    async start(client, { state, loginHint, reauthenticate }) {
      const known = await discovered(client.issuer).catch((cause: unknown) => {
        throw AuthErrors.ssoUnavailable({}, { cause })
      })
      const verifier = oidc.randomPKCECodeVerifier()
      const memo: Memo = { verifier, nonce: oidc.randomNonce(), maxAge: reauthenticate ? 0 : null }
      const url = oidc.buildAuthorizationUrl(configured(known, client), {
        redirect_uri: client.redirectUri,
        scope: client.scopes.join(' '),
        state,
        nonce: memo.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(loginHint !== undefined && { login_hint: loginHint }),
        ...(reauthenticate && { prompt: 'login', max_age: '0' }),
      })
      return { url: url.href, memo: JSON.stringify(memo) }
    },

    async finish(client, { state, memo, parameters }) {
      try {
        const { verifier, nonce, maxAge } = JSON.parse(memo) as Memo
        const known = await discovered(client.issuer)
        const config = configured(known, client)
        const answered = new URL(client.redirectUri)
        answered.search = new URLSearchParams(parameters).toString()
        const tokens = await oidc.authorizationCodeGrant(config, answered, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
          ...(maxAge !== null && { maxAge }),
        })
        const keys = oidc.getJwksCache(config)
        if (keys) known.keys = keys
        const claims = tokens.claims()
        if (!claims) throw new Error('There is no ID token.')
        const isComplete = claims['email'] !== undefined || known.metadata.userinfo_endpoint === undefined
        const more = isComplete ? {} : await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
        return identityOf({ ...more, ...claims })
      } catch (cause) {
        throw isOutage(cause)
          ? AuthErrors.ssoUnavailable({}, { cause })
          : AuthErrors.ssoRefused({}, { cause })
      }
    },
  }
}

const isPlain = (address: string): boolean => address.startsWith('http:')

function clientAuth({ tokenAuthMethod, clientSecret }: IdentityProviderClient): oidc.ClientAuth {
  if (clientSecret === null || tokenAuthMethod === 'none') return oidc.None()
  const secret = clientSecret.reveal()
  return tokenAuthMethod === 'client_secret_post'
    ? oidc.ClientSecretPost(secret)
    : oidc.ClientSecretBasic(secret)
}

const outages: ReadonlySet<unknown> = new Set([FetcherErrors.timedOut.code, FetcherErrors.unreachable.code])

/** Whether a provider, or the way to it, has failed, and not the answer. */
function isOutage(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    if (outages.has((at as { readonly code?: unknown }).code)) return true
  const { cause } = error as { readonly cause?: unknown }
  return cause instanceof Response && cause.status >= 500
}
