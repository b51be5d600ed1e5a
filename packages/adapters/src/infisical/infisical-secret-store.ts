import {
  checkSecretName,
  checkSecretValue,
  type Clock,
  Secret,
  type SecretStore,
  SecretStoreErrors,
  type StoredSecret,
} from '@corbel/core/ports'
import { secretNamesUnder } from '../secret-names.ts'
import { type AccessToken, bearerCalls } from '../bearer-calls.ts'
import { callService, type ServiceAnswer } from '../service-call.ts'
import { ServiceError } from '../service-error.ts'
import { kept, taken } from './infisical-value.ts'

export interface InfisicalSecretStoreOptions {
  /** @default 'https://app.infisical.com' */
  readonly baseUrl?: string
  /** Universal Auth of a machine identity that may read and write secrets. */
  readonly clientId: string
  readonly clientSecret: Secret
  readonly projectId: string
  /** Slug, such as `prod`. */
  readonly environment: string
  /** Folder, which must exist. @default '/' */
  readonly path?: string
  /** @default systemClock */
  readonly clock?: Clock
}

const service = 'Infisical'

interface SecretBody {
  readonly secretKey: string
  readonly secretValue: string
  readonly version: number
}

/**
 * Secrets in one folder of Infisical, as `settings--stripe-key`; versions are its own. White space at either end of a value is kept as
 * base64, for Infisical would take it away.
 *
 * @throws ServiceError from every method.
 */
export function infisicalSecretStore(options: InfisicalSecretStoreOptions): SecretStore {
  const { baseUrl = 'https://app.infisical.com', projectId, environment, path = '/', clock } = options
  const place = { projectId, environment, secretPath: path }
  const bearer = bearerCalls(() => signIn(baseUrl, options), clock)
  const flat = (name: string): string => name.replaceAll('/', '--')

  const look = (name: string, accept: readonly number[]): Promise<ServiceAnswer> => {
    const url = new URL(`/api/v4/secrets${name}`, baseUrl)
    // References in a value are text to us.
    url.search = new URLSearchParams({
      ...place,
      expandSecretReferences: 'false',
      include_imports: 'false',
    }).toString()
    return bearer({ service, method: 'GET', url, accept })
  }

  async function read(name: string): Promise<StoredSecret | null> {
    const { status, body } = await look(`/${flat(name)}`, [404])
    return status === 404 ? null : storedIn(body, status)
  }

  async function put(name: string, value: Secret, expected: string | null): Promise<StoredSecret> {
    if (((await read(name))?.version ?? null) !== expected) throw SecretStoreErrors.conflict()
    const { status, body } = await bearer({
      service,
      method: expected === null ? 'POST' : 'PATCH',
      url: new URL(`/api/v4/secrets/${flat(name)}`, baseUrl),
      body: {
        ...place,
        secretValue: kept(value.reveal()),
        type: 'shared',
        skipMultilineEncoding: true,
      },
      accept: [400, 404],
    })
    if (status >= 400) {
      // It says only with words that somebody was first.
      if (((await read(name))?.version ?? null) !== expected) throw SecretStoreErrors.conflict()
      throw new ServiceError({ service, request: `a write of ${name}`, status })
    }
    return { value, version: storedIn(body, status).version }
  }

  return {
    adapter: { name: 'infisical' },
    writable: true,
    lastWriteWins: 'Infisical cannot make a write depend on a version',
    get: async (name) => {
      checkSecretName(name)
      return read(name)
    },
    put: async (name, value, expected) => {
      checkSecretName(name)
      checkSecretValue(value)
      return put(name, value, expected)
    },
    list: async (prefix) => {
      const { body } = await look('', [])
      const secrets = body['secrets'] as readonly SecretBody[]
      return secretNamesUnder(
        prefix,
        secrets.map(({ secretKey }) => secretKey.replaceAll('--', '/')),
      )
    },
    check: async () => void (await look('', [])),
  }
}

function storedIn(body: ServiceAnswer['body'], status: number): StoredSecret {
  const { secret } = body as { readonly secret?: SecretBody }
  // Under an approval policy nothing is written until somebody approves.
  if (!secret) throw new ServiceError({ service, request: 'a write, which waits for an approval', status })
  return { value: new Secret(taken(secret.secretValue)), version: String(secret.version) }
}

async function signIn(
  baseUrl: string,
  { clientId, clientSecret }: InfisicalSecretStoreOptions,
): Promise<AccessToken> {
  const { body, status } = await callService({
    service,
    method: 'POST',
    url: new URL('/api/v1/auth/universal-auth/login', baseUrl),
    body: { clientId, clientSecret: clientSecret.reveal() },
  })
  const { accessToken, expiresIn } = body
  if (typeof accessToken !== 'string')
    throw new ServiceError({ service, request: 'a sign-in, without a token', status })
  return { value: new Secret(accessToken), lifetimeSeconds: Number(expiresIn) }
}
