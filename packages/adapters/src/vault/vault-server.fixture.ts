import {
  createCipheriv,
  createDecipheriv,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
} from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'

interface TransitKey {
  readonly type: string
  readonly versions: {
    readonly created: Date
    readonly pair: { privateKey: KeyObject; x: Buffer }
    readonly aes: Buffer
  }[]
  minDecryption: number
}

interface KvSecret {
  readonly versions: { readonly data: unknown; deleted: boolean }[]
}

interface Grant {
  expiresAt: number
  readonly ttl: number
}

interface Reply {
  readonly status: number
  readonly body?: object
}

const errors = (status: number, ...reasons: string[]): Reply => ({ status, body: { errors: reasons } })

/** What this Vault lets in. */
export const credentials = {
  roleId: 'role-1',
  secretId: randomUUID(),
  role: 'corbel',
  jwt: `e30.${randomUUID()}.sig`,
}

/**
 * A server that answers as Vault does on the paths that the adapters use, with real cryptography. It keeps what it was sent for tests
 * to look at. Time is `now`, which a test may move.
 */
export async function vaultServer(tls?: ServerOptions) {
  const kv = new Map<string, KvSecret>()
  const transit = new Map<string, TransitKey>()
  const grants = new Map<string, Grant>()
  const state = {
    now: Date.now(),
    ttl: 3600,
    logins: 0,
    renewals: 0,
    requests: [] as string[],
    sealed: false,
  }

  function grant(): Reply {
    const token = `hvs.${randomUUID()}`
    grants.set(token, { ttl: state.ttl, expiresAt: state.now + state.ttl * 1000 })
    state.logins += 1
    return {
      status: 200,
      body: { auth: { client_token: token, lease_duration: state.ttl, renewable: true } },
    }
  }

  function login(mount: string, body: Record<string, unknown>, request: IncomingMessage): Reply {
    const isRight =
      (mount === 'approle' &&
        body['role_id'] === credentials.roleId &&
        body['secret_id'] === credentials.secretId) ||
      (mount === 'jwt' && body['role'] === credentials.role && body['jwt'] === credentials.jwt) ||
      (mount === 'cert' && (request.socket as TLSSocket).authorized)
    return isRight ? grant() : errors(400, 'invalid credentials')
  }

  const newVersion = () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const x = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
    return { created: new Date(state.now), pair: { privateKey, x }, aes: randomBytes(32) }
  }

  function secretOf(method: string, kind: string, path: string, body: Record<string, unknown>): Reply {
    if (kind === 'metadata') {
      const below = [...kv.keys()]
        .filter((name) => name.startsWith(path))
        .map((name) => name.slice(path.length))
      const keys = [...new Set(below.map((name) => /^[^/]+\/?/.exec(name)?.[0] ?? ''))]
      return keys.length === 0 ? errors(404) : { status: 200, body: { data: { keys } } }
    }
    const secret = kv.get(path) ?? { versions: [] }
    const version = secret.versions.length
    if (method === 'GET') {
      const last = secret.versions.at(-1)
      if (!last) return errors(404)
      const metadata = { version, deletion_time: last.deleted ? new Date(state.now).toISOString() : '' }
      return {
        status: last.deleted ? 404 : 200,
        body: { data: { data: last.deleted ? null : last.data, metadata } },
      }
    }
    const { cas } = (body['options'] ?? {}) as { cas?: number }
    if (cas !== version) return errors(400, 'check-and-set parameter did not match the current version')
    secret.versions.push({ data: body['data'], deleted: false })
    kv.set(path, secret)
    return { status: 200, body: { data: { version: version + 1 } } }
  }

  function keysOf(
    method: string,
    name: string,
    verb: string | undefined,
    body: Record<string, unknown>,
  ): Reply {
    const key = transit.get(name)
    if (method === 'GET') {
      if (!key) return errors(404)
      const keys = Object.fromEntries(
        key.versions.map(({ created, pair }, index) => [
          index + 1,
          key.type === 'ed25519'
            ? { public_key: pair.x.toString('base64'), creation_time: created.toISOString() }
            : Math.floor(created.getTime() / 1000),
        ]),
      )
      return {
        status: 200,
        body: { data: { type: key.type, keys, min_decryption_version: key.minDecryption } },
      }
    }
    if (verb === undefined) {
      if (!key) transit.set(name, { type: String(body['type']), versions: [newVersion()], minDecryption: 1 })
      return { status: 204 }
    }
    if (!key) return errors(400, 'no existing key named')
    if (verb === 'rotate') key.versions.push(newVersion())
    else key.minDecryption = Number(body['min_decryption_version'])
    return { status: 204 }
  }

  function crypt(verb: string, name: string, body: Record<string, unknown>): Reply {
    const key = transit.get(name)
    if (!key) return errors(400, 'encryption key not found')
    const text = (field: string): Buffer => Buffer.from((body[field] as string | undefined) ?? '', 'base64')
    const latest = key.versions.length
    if (verb === 'sign') {
      const version = Number(body['key_version'] ?? latest)
      const used = key.versions[version - 1]
      if (!used) return errors(400, 'no such version')
      const signature = sign(null, text('input'), used.pair.privateKey).toString('base64')
      return { status: 200, body: { data: { signature: `vault:v${version}:${signature}` } } }
    }
    if (verb === 'encrypt') {
      if (body['plaintext'] === '') return errors(400, 'missing plaintext to encrypt')
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key.versions[latest - 1]?.aes ?? '', nonce)
      cipher.setAAD(text('associated_data'))
      const sealed = Buffer.concat([
        nonce,
        cipher.update(text('plaintext')),
        cipher.final(),
        cipher.getAuthTag(),
      ])
      return { status: 200, body: { data: { ciphertext: `vault:v${latest}:${sealed.toString('base64')}` } } }
    }
    const [, version = '', base64 = ''] = /^vault:v(\d+):(.+)$/.exec(String(body['ciphertext'])) ?? []
    const used = key.versions[Number(version) - 1]
    const sealed = Buffer.from(base64, 'base64')
    if (!used || Number(version) < key.minDecryption || sealed.length < 28)
      return errors(400, 'invalid ciphertext')
    try {
      const decipher = createDecipheriv('aes-256-gcm', used.aes, sealed.subarray(0, 12))
      decipher.setAAD(text('associated_data'))
      decipher.setAuthTag(sealed.subarray(-16))
      const plaintext = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
      return { status: 200, body: { data: { plaintext: plaintext.toString('base64') } } }
    } catch {
      return errors(400, 'cipher: message authentication failed')
    }
  }

  function answer(request: IncomingMessage, body: Record<string, unknown>): Reply {
    const path = (request.url ?? '').replace(/^\/v1\//, '').replace(/\?list=true$/, '')
    const method = request.method ?? ''
    state.requests.push(`${method} ${path}`)
    if (state.sealed) return errors(503, 'Vault is sealed')
    const mount = /^auth\/(\w+)\/login$/.exec(path)?.[1]
    if (mount !== undefined) return login(mount, body, request)
    const held = grants.get(String(request.headers['x-vault-token']))
    if (!held || held.expiresAt <= state.now) return errors(403, 'permission denied')
    if (path === 'auth/token/lookup-self') return { status: 200, body: { data: {} } }
    if (path === 'auth/token/renew-self') {
      held.expiresAt = state.now + held.ttl * 1000
      state.renewals += 1
      const auth = {
        client_token: request.headers['x-vault-token'],
        lease_duration: held.ttl,
        renewable: true,
      }
      return { status: 200, body: { auth } }
    }
    const [engine = '', kind = '', ...rest] = path.split('/')
    if (engine === 'secret') return secretOf(method, kind, rest.join('/'), body)
    if (engine === 'transit' && kind === 'keys') return keysOf(method, rest[0] ?? '', rest[1], body)
    if (engine === 'transit') return crypt(kind, rest[0] ?? '', body)
    return errors(404)
  }

  const listener = async (
    request: IncomingMessage,
    response: { writeHead(status: number, headers: Record<string, string>): { end(text: string): void } },
  ): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    const { status, body } = answer(request, text === '' ? {} : (JSON.parse(text) as Record<string, unknown>))
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(body === undefined ? '' : JSON.stringify(body))
  }
  const server = tls
    ? createTlsServer(tls, (request, response) => void listener(request, response))
    : createServer((request, response) => void listener(request, response))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    state,
    kv,
    /** Ends every token. */
    revokeAll: () => grants.clear(),
    rotate: (name: string) => keysOf('POST', name, 'rotate', {}),
    removeBelow: (name: string, version: number) =>
      keysOf('POST', name, 'config', { min_decryption_version: version }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
