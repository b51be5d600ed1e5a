import { randomUUID } from 'node:crypto'
import { type FakeReply, type FakeRequest, jsonIn, serviceServer } from '../service-server.fixture.ts'

/** What this Azure lets in. */
export const azureApp = {
  tenantId: randomUUID(),
  clientId: randomUUID(),
  secret: randomUUID(),
  workloadToken: `e30.${randomUUID()}.sig`,
}

const error = (status: number, code: string): FakeReply => ({
  status,
  body: { error: { code, message: `${code} of a fake` } },
})

/** Key Vault, the token endpoint of Entra ID and the metadata service of a machine, as far as the adapter speaks them. */
export async function azureServer() {
  const secrets = new Map<string, { readonly id: string; readonly value: string }[]>()
  const deleted = new Set<string>()
  const tokens = new Set<string>()
  const state = { signIns: 0, lifetimeSeconds: 3600 }
  let address = ''

  function grant(): FakeReply {
    const token = randomUUID()
    tokens.add(token)
    state.signIns += 1
    return {
      status: 200,
      body: { token_type: 'Bearer', access_token: token, expires_in: state.lifetimeSeconds },
    }
  }

  function signIn({ text }: FakeRequest): FakeReply {
    const form = Object.fromEntries(new URLSearchParams(text))
    const isApplication =
      form['client_id'] === azureApp.clientId &&
      form['grant_type'] === 'client_credentials' &&
      form['scope'] === 'https://vault.azure.net/.default'
    const isRight =
      form['client_secret'] === azureApp.secret ||
      (form['client_assertion_type'] === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' &&
        form['client_assertion'] === azureApp.workloadToken)
    return isApplication && isRight ? grant() : { status: 401, body: { error: 'invalid_client' } }
  }

  function secretOf(request: FakeRequest, name: string): FakeReply {
    if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) return error(400, 'BadParameter')
    const versions = secrets.get(name) ?? []
    if (request.method === 'GET') {
      const last = deleted.has(name) ? undefined : versions.at(-1)
      return last ? { status: 200, body: last } : error(404, 'SecretNotFound')
    }
    if (deleted.has(name)) return error(409, 'Conflict')
    const value = String(jsonIn(request)['value'])
    if (Buffer.byteLength(value) > 25_600) return error(400, 'BadParameter')
    const written = { id: `${address}/secrets/${name}/${randomUUID().replaceAll('-', '')}`, value }
    secrets.set(name, [...versions, written])
    return { status: 200, body: written }
  }

  const server = await serviceServer((request) => {
    const { pathname, searchParams: query } = request.url
    if (pathname === `/${azureApp.tenantId}/oauth2/v2.0/token`) return signIn(request)
    if (pathname === '/metadata/identity/oauth2/token')
      return request.headers['metadata'] === 'true' && query.get('resource') === 'https://vault.azure.net'
        ? grant()
        : error(400, 'invalid_request')
    if (!tokens.has((request.headers.authorization ?? '').replace('Bearer ', '')))
      return { ...error(401, 'Unauthorized'), headers: { 'www-authenticate': 'Bearer' } }
    if (query.get('api-version') !== '7.4') return error(400, 'BadParameter')
    if (pathname !== '/secrets') return secretOf(request, pathname.replace('/secrets/', ''))
    const names = [...secrets.keys()].filter((name) => !deleted.has(name)).toSorted()
    const [from, most] = [Number(query.get('$skiptoken') ?? 0), Number(query.get('maxresults') ?? 25)]
    const value = names.slice(from, from + most).map((name) => ({ id: `${address}/secrets/${name}` }))
    const more = `${address}/secrets?api-version=7.4&maxresults=${most}&$skiptoken=${from + most}`
    return { status: 200, body: { value, nextLink: from + most < names.length ? more : null } }
  })
  address = server.address
  return { ...server, state, secrets, deleted, error, endTokens: () => tokens.clear() }
}
