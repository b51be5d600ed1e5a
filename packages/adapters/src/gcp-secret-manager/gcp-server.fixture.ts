import { generateKeyPairSync, randomUUID, verify } from 'node:crypto'
import { type FakeReply, type FakeRequest, jsonIn, serviceServer } from '../service-server.fixture.ts'

interface GcpSecret {
  etag: string
  versionAliases: Readonly<Record<string, string>>
  readonly versions: string[]
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const gcpAccount = {
  clientEmail: 'corbel@acme.iam.gserviceaccount.com',
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
}
const project = 'acme'

const error = (code: number, status: string): FakeReply => ({
  status: code,
  body: { error: { code, status, message: `${status} of a fake` } },
})

/** Secret Manager, the token endpoint and the metadata server, as far as the adapter speaks them. */
export async function gcpServer() {
  const secrets = new Map<string, GcpSecret>()
  const tokens = new Set<string>()
  const shown = (id: string, { etag, versionAliases }: GcpSecret) => ({
    name: `projects/1/secrets/${id}`,
    etag,
    versionAliases,
  })

  function grant(): FakeReply {
    const token = randomUUID()
    tokens.add(token)
    return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } }
  }

  function signIn({ text }: FakeRequest): FakeReply {
    const form = new URLSearchParams(text)
    const [header = '', payload = '', signature = ''] = (form.get('assertion') ?? '').split('.')
    const isSigned = verify(
      ...(['RSA-SHA256', Buffer.from(`${header}.${payload}`), publicKey] as const),
      Buffer.from(signature, 'base64url'),
    )
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<
      Record<string, unknown>
    >
    const isRight =
      form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
      claims['iss'] === gcpAccount.clientEmail &&
      claims['aud'] === `${server.address}/token` &&
      Number(claims['exp']) > Date.now() / 1000 &&
      Number(claims['exp']) - Number(claims['iat']) <= 3600
    return isSigned && isRight ? grant() : { status: 400, body: { error: 'invalid_grant' } }
  }

  function create(id: string): FakeReply {
    if (secrets.has(id)) return error(409, 'ALREADY_EXISTS')
    const secret = { etag: `"${randomUUID()}"`, versionAliases: {}, versions: [] }
    secrets.set(id, secret)
    return { status: 200, body: shown(id, secret) }
  }

  function patch(id: string, secret: GcpSecret, request: FakeRequest): FakeReply {
    const { etag, versionAliases } = jsonIn(request) as Partial<GcpSecret>
    if (etag !== undefined && etag !== secret.etag) return error(400, 'FAILED_PRECONDITION')
    secret.etag = `"${randomUUID()}"`
    secret.versionAliases = versionAliases ?? {}
    return { status: 200, body: shown(id, secret) }
  }

  function addVersion(id: string, secret: GcpSecret, request: FakeRequest): FakeReply {
    const { payload } = jsonIn(request) as { readonly payload: { readonly data: string } }
    if (Buffer.from(payload.data, 'base64').length > 65_536) return error(400, 'INVALID_ARGUMENT')
    const version = secret.versions.push(payload.data)
    return { status: 200, body: { name: `projects/1/secrets/${id}/versions/${version}`, state: 'ENABLED' } }
  }

  function list(query: URLSearchParams): FakeReply {
    const all = [...secrets].map(([id, secret]) => shown(id, secret))
    const [from, size] = [Number(query.get('pageToken') || 0), Number(query.get('pageSize'))]
    const more = from + size < all.length
    return {
      status: 200,
      body: { secrets: all.slice(from, from + size), ...(more && { nextPageToken: String(from + size) }) },
    }
  }

  function answer(request: FakeRequest): FakeReply {
    const { url, method } = request
    if (url.pathname === '/token') return signIn(request)
    if (url.pathname.startsWith('/computeMetadata/'))
      return request.headers['metadata-flavor'] === 'Google' ? grant() : { status: 403 }
    if (!tokens.has((request.headers.authorization ?? '').replace('Bearer ', '')))
      return error(401, 'UNAUTHENTICATED')
    const [, id = '', version, verb] =
      new RegExp(
        `^/v1/projects/${project}/secrets(?:/([\\w-]{1,255})(?:/versions/(\\d+))?(?::(\\w+))?)?$`,
      ).exec(url.pathname) ?? []
    if (id === '')
      return method === 'POST' ? create(url.searchParams.get('secretId') ?? '') : list(url.searchParams)
    const secret = secrets.get(id)
    if (!secret) return error(404, 'NOT_FOUND')
    if (method === 'PATCH') return patch(id, secret, request)
    if (verb === 'addVersion') return addVersion(id, secret, request)
    if (verb !== 'access') return { status: 200, body: shown(id, secret) }
    const data = secret.versions[Number(version) - 1]
    return data === undefined ? error(404, 'NOT_FOUND') : { status: 200, body: { payload: { data } } }
  }

  const server = await serviceServer(answer)
  return { ...server, project, secrets, error }
}
