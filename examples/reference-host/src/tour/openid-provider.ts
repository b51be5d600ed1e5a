import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

type Claims = Readonly<Record<string, unknown>>

export interface OpenIdProvider {
  readonly issuer: string
  readonly clientSecret: string
  /** Whom the provider knows, by login. */
  readonly accounts: Map<string, Claims>
  /** What a browser does: it goes to the address, signs in and consents. Returns the parameters with which it is sent back. */
  authorize(url: string, login: string): Promise<Record<string, string>>
  close(): Promise<void>
}

const clientSecret = crypto.randomUUID()

/** An independent OpenID provider (`oidc-provider`) on a port of this machine, for the host with this public address. */
export async function openIdProvider(publicUrl: string): Promise<OpenIdProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const accounts = new Map<string, Claims>()
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'corbel',
        client_secret: clientSecret,
        redirect_uris: [`${publicUrl}/sso/callback`],
      },
    ],
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    pkce: { required: () => true },
    claims: { openid: ['sub', 'amr', 'acr'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: [crypto.randomUUID()] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...accounts.get(sub) }) }),
  })
  // The redirect address has the id of a connection that is made later.
  provider.Client.prototype.redirectUriAllowed = (uri: string) =>
    uri.startsWith(`${publicUrl}/sso/callback/sso_`)
  server.on('request', provider.callback())

  async function authorize(url: string, login: string): Promise<Record<string, string>> {
    const jar = new Map<string, string>()
    const visit = async (address: string, form?: Record<string, string>): Promise<string> => {
      const response = await fetch(address, {
        redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      })
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
        jar.set(name, value)
      }
      const location = response.headers.get('location')
      if (location === null)
        throw new Error(`${address} answered ${response.status}: ${await response.text()}`)
      return new URL(location, issuer).href
    }
    let at = await visit(url)
    for (let steps = 0; at.startsWith(issuer) && steps < 10; steps++) {
      const isPage = new URL(at).pathname.startsWith('/interaction/')
      at = await visit(
        at,
        isPage ? { prompt: steps === 0 ? 'login' : 'consent', login, password: 'x' } : undefined,
      )
    }
    return Object.fromEntries(new URL(at).searchParams)
  }

  return {
    issuer,
    clientSecret,
    accounts,
    authorize,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  }
}
