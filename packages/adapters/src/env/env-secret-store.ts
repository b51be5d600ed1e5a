import { createHmac, randomBytes } from 'node:crypto'
import {
  checkSecretName,
  checkSecretValue,
  isSecretName,
  Secret,
  type SecretStore,
  SecretStoreErrors,
} from '@corbel/core/ports'

export interface EnvSecretStoreOptions {
  /** Usually `process.env`. Read at every call. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Begins every variable that is a secret of this store. @default 'CORBEL_SECRET_' */
  readonly prefix?: string
}

// Versions tell values apart; unkeyed, they would let a short value be guessed.
const versionKey = randomBytes(32)

/**
 * Reads secrets from environment variables: `billing/stripe-key` from `CORBEL_SECRET_BILLING__STRIPE_KEY`. An empty variable
 * counts as none. Versions mean nothing in another process.
 */
export function envSecretStore({ env, prefix = 'CORBEL_SECRET_' }: EnvSecretStoreOptions): SecretStore {
  // Names hold no `_`, so no two have one variable.
  const variableOf = (name: string): string =>
    prefix + name.toUpperCase().replaceAll('/', '__').replaceAll('-', '_')
  const nameOf = (variable: string): string =>
    variable.slice(prefix.length).toLowerCase().replaceAll('__', '/').replaceAll('_', '-')
  const valueOf = (variable: string): string | undefined =>
    (Object.hasOwn(env, variable) && env[variable]) || undefined

  return {
    adapter: { name: 'env' },
    writable: false,
    get: async (name) => {
      checkSecretName(name)
      const value = valueOf(variableOf(name))
      if (value === undefined) return null
      const version = createHmac('sha256', versionKey).update(value).digest('base64url').slice(0, 22)
      return { value: new Secret(value), version }
    },
    put: async (name, value) => {
      checkSecretName(name)
      checkSecretValue(value)
      throw SecretStoreErrors.readOnly({ detail: `Set the variable ${variableOf(name)} and start again.` })
    },
    list: async (start) =>
      Object.keys(env)
        .filter((variable) => variable.startsWith(prefix) && valueOf(variable) !== undefined)
        .map((variable) => ({ variable, name: nameOf(variable) }))
        .filter(({ variable, name }) => isSecretName(name) && variableOf(name) === variable)
        .map(({ name }) => name)
        .filter((name) => name.startsWith(start))
        .toSorted(),
    check: async () => {},
  }
}
