import {
  checkSecretName,
  checkSecretValue,
  type Clock,
  Secret,
  type SecretStore,
  SecretStoreErrors,
} from '@corbel/core/ports'
import { secretNamesUnder } from '../secret-names.ts'
import { bearerCalls } from '../bearer-calls.ts'
import { flatNames } from '../flat-name.ts'
import { checkSecretSize } from '../secret-size.ts'
import type { ServiceAnswer, ServiceCall } from '../service-call.ts'
import type { GcpAuth } from './gcp-auth.ts'

export interface GcpSecretStoreOptions {
  /** Id or number of the project. */
  readonly project: string
  /** Needs the role Secret Manager Admin on the project, or on names that begin with the folder. */
  readonly auth: GcpAuth
  /** Before every name. @default 'corbel' */
  readonly folder?: string
  /** @default 'https://secretmanager.googleapis.com' */
  readonly baseUrl?: string
  /** @default systemClock */
  readonly clock?: Clock
}

const mostBytes = 65_536
const alias = 'corbel'

interface SecretBody {
  readonly name: string
  readonly etag?: string
  readonly versionAliases?: Readonly<Record<string, string>>
}

/**
 * Secrets in Google Secret Manager, as `corbel_settings_stripe-key`. In force is the version that has the alias `corbel`: a write adds a
 * version and moves the alias while the secret's ETag is still the one that was seen. A version that was added by hand counts when the
 * alias is moved to it; one that an interrupted write left behind never does. Values have up to 65,536 bytes.
 *
 * @throws ServiceError from every method.
 */
export function gcpSecretStore({
  project,
  auth,
  folder = 'corbel',
  baseUrl = 'https://secretmanager.googleapis.com',
  clock,
}: GcpSecretStoreOptions): SecretStore {
  const names = flatNames(folder, '_')
  const bearer = bearerCalls(auth, clock)

  const call = (
    method: ServiceCall['method'],
    path: string,
    more: Pick<ServiceCall, 'body' | 'accept'> = {},
  ): Promise<ServiceAnswer> =>
    bearer({
      service: 'Google Secret Manager',
      method,
      url: new URL(`/v1/projects/${encodeURIComponent(project)}/${path}`, baseUrl),
      ...more,
    })

  const secretOf = async (flat: string): Promise<SecretBody | null> => {
    const { status, body } = await call('GET', `secrets/${flat}`, { accept: [404] })
    return status === 404 ? null : (body as unknown as SecretBody)
  }

  async function created(flat: string): Promise<SecretBody | null> {
    const { status, body } = await call('POST', `secrets?secretId=${flat}`, {
      body: { replication: { automatic: {} } },
      accept: [409],
    })
    return status === 409 ? secretOf(flat) : (body as unknown as SecretBody)
  }

  async function put(flat: string, value: Secret, expected: string | null): Promise<string> {
    const secret = (await secretOf(flat)) ?? (expected === null ? await created(flat) : null)
    if (secret === null || (secret.versionAliases?.[alias] ?? null) !== expected)
      throw SecretStoreErrors.conflict()
    const { body } = await call('POST', `secrets/${flat}:addVersion`, {
      body: { payload: { data: Buffer.from(value.reveal()).toString('base64') } },
    })
    const version = String(body['name']).split('/').at(-1) ?? ''
    const { status } = await call('PATCH', `secrets/${flat}?updateMask=versionAliases`, {
      body: { etag: secret.etag, versionAliases: { ...secret.versionAliases, [alias]: version } },
      accept: [400, 409, 412],
    })
    // FAILED_PRECONDITION: somebody changed the secret since it was seen.
    if (status !== 200) throw SecretStoreErrors.conflict()
    return version
  }

  return {
    adapter: { name: 'gcp-secret-manager' },
    writable: true,
    get: async (name) => {
      checkSecretName(name)
      const flat = names.flat(name)
      const version = (await secretOf(flat))?.versionAliases?.[alias]
      if (version === undefined) return null
      const { body } = await call('GET', `secrets/${flat}/versions/${version}:access`)
      const { data } = body['payload'] as { readonly data: string }
      return { value: new Secret(Buffer.from(data, 'base64').toString('utf8')), version }
    },
    put: async (name, value, expected) => {
      checkSecretName(name)
      checkSecretValue(value)
      checkSecretSize(value, mostBytes)
      return { value, version: await put(names.flat(name), value, expected) }
    },
    list: async (prefix) => {
      const found: string[] = []
      let token = ''
      do {
        const { body } = await call('GET', `secrets?pageSize=250&pageToken=${encodeURIComponent(token)}`)
        const { secrets = [], nextPageToken = '' } = body as {
          readonly secrets?: readonly SecretBody[]
          readonly nextPageToken?: string
        }
        const own = secrets.filter(({ versionAliases }) => versionAliases?.[alias] !== undefined)
        found.push(...own.map((secret) => names.name(secret.name.split('/').at(-1) ?? '') ?? ''))
        token = nextPageToken
      } while (token !== '')
      return secretNamesUnder(prefix, found)
    },
    check: async () => void (await call('GET', 'secrets?pageSize=1')),
  }
}
