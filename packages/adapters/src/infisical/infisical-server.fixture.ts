import { randomUUID } from 'node:crypto'
import { type FakeReply, type FakeRequest, jsonIn, serviceServer } from '../service-server.fixture.ts'

/** What this Infisical lets in, and where. */
export const infisicalIdentity = {
  clientId: randomUUID(),
  clientSecret: randomUUID(),
  projectId: randomUUID(),
  environment: 'prod',
}

const error = (status: number, name: string): FakeReply => ({
  status,
  body: { reqId: 'req-1', statusCode: status, error: name, message: `${name} of a fake` },
})

/** Infisical as far as the adapter speaks it, with what it does to values. */
export async function infisicalServer() {
  const folders = new Map<string, Map<string, { value: string; version: number }>>([['/', new Map()]])
  const tokens = new Set<string>()
  const state = { approvals: false }

  function signIn(request: FakeRequest): FakeReply {
    const { clientId, clientSecret } = jsonIn(request)
    if (clientId !== infisicalIdentity.clientId || clientSecret !== infisicalIdentity.clientSecret)
      return error(401, 'Unauthorized')
    const accessToken = randomUUID()
    tokens.add(accessToken)
    return { status: 200, body: { accessToken, expiresIn: 7200, tokenType: 'Bearer' } }
  }

  function answer(request: FakeRequest): FakeReply {
    const { url, method } = request
    if (url.pathname === '/api/v1/auth/universal-auth/login') return signIn(request)
    if (!tokens.has((request.headers.authorization ?? '').replace('Bearer ', '')))
      return error(401, 'TokenError')
    const input = method === 'GET' ? Object.fromEntries(url.searchParams) : jsonIn(request)
    if (input['projectId'] !== infisicalIdentity.projectId || input['environment'] !== 'prod')
      return error(403, 'PermissionDenied')
    const folder = folders.get(String(input['secretPath']))
    const name = url.pathname.replace(/^\/api\/v4\/secrets\/?/, '')
    if (!folder || /[:/ ]/.test(name)) return error(404, 'NotFound')
    const shown = (key: string) => {
      const { value = '', version = 0 } = folder.get(key) ?? {}
      return { id: randomUUID(), secretKey: key, secretValue: value, version, type: 'shared' }
    }
    if (name === '') return { status: 200, body: { secrets: [...folder.keys()].map(shown), imports: [] } }
    const present = folder.get(name)
    if (method !== 'POST' && !present) return error(404, 'NotFound')
    if (method === 'POST' && present) return error(400, 'BadRequest')
    if (method !== 'GET') {
      if (state.approvals) return { status: 200, body: { approval: { id: randomUUID(), status: 'open' } } }
      const given = String(input['secretValue'])
      const value = given.at(-1) === '\n' ? `${given.trim()}\n` : given.trim()
      folder.set(name, { value, version: (present?.version ?? 0) + 1 })
    }
    return { status: 200, body: { secret: shown(name) } }
  }

  return { ...(await serviceServer(answer)), folders, state, error }
}
