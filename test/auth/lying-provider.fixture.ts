import { memoryFetcher } from '@corbel/core/ports'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'

/** What a provider may get wrong, by nature or on purpose. */
export interface Lies {
  metadata?: Readonly<Record<string, unknown>>
  claims?: (claims: JWTPayload) => JWTPayload
  /** Signs with a key that it does not publish. */
  otherKey?: boolean
  /** Does not sign at all. */
  unsigned?: boolean
  /** What the name of the provider resolves to. */
  address?: string
}

/** A provider that signs whatever a test wants, and the network in which it is alone. */
export async function lyingProvider(issuer = 'https://liar.test') {
  const [{ publicKey, privateKey }, other] = await Promise.all([
    generateKeyPair('ES256'),
    generateKeyPair('ES256'),
  ])
  const lies: Lies = {}
  const requests: string[] = []
  let nonce = ''
  const metadata = () => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    id_token_signing_alg_values_supported: ['ES256'],
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    ...lies.metadata,
  })

  async function idToken(): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const honest = {
      iss: issuer,
      sub: 'ada',
      aud: 'corbel',
      iat: now,
      exp: now + 300,
      nonce,
      email: 'ada@acme.test',
      email_verified: true,
    }
    const claims = lies.claims?.(honest) ?? honest
    if (lies.unsigned) return new UnsecuredJWT(claims).encode()
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(lies.otherKey ? other.privateKey : privateKey)
  }

  const fetcher = memoryFetcher({
    resolve: async () => [lies.address ?? '1.1.1.1'],
    answer: async ({ url }) => {
      requests.push(url)
      switch (new URL(url).pathname) {
        case '/.well-known/openid-configuration':
          return Response.json(metadata())
        case '/jwks':
          return Response.json({
            keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }],
          })
        case '/token':
          return Response.json({ access_token: 'at', token_type: 'Bearer', id_token: await idToken() })
        default:
          return new Response(null, { status: 500 })
      }
    },
  })
  return {
    issuer,
    fetcher,
    lies,
    requests,
    /** Sends a browser back that came with this address. */
    answer(url: string): Record<string, string> {
      const sent = new URL(url).searchParams
      nonce = sent.get('nonce') ?? ''
      return { code: 'code', state: sent.get('state') ?? '' }
    },
  }
}
