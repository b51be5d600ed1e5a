import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export type SsoFlags = {
  readonly tenant?: string
  readonly preset: string
  readonly issuer?: string
  readonly clientId: string
  readonly clientSecretEnv?: string
  readonly name: string
  readonly scope?: readonly string[]
  readonly domain?: readonly string[]
  readonly provisioning?: string
  readonly role?: string
  readonly disabled: boolean
}

/** Connects a tenant, or the platform, to an identity provider. A connection with this issuer and client stays as it is. */
export const action: Action<SsoFlags> = (invocation, flags) => {
  const { process: host } = invocation
  const clientSecret = secretOf(flags.clientSecretEnv, host.env)
  return withStack(invocation, 'connections', async (connections) => {
    const tenant = flags.tenant ?? null
    const { preset, issuer, clientId, name, scope = [], domain = [], provisioning, role, disabled } = flags
    const present = (await connections.list(tenant)).find(
      (each) => each.clientId === clientId && (issuer === undefined || each.issuer === issuer),
    )
    if (present) return { data: { ...present, created: false }, text: `It is there already: ${present.id}` }
    const made = await connections.create(tenant, {
      preset,
      clientId,
      name,
      enabled: !disabled,
      ...(issuer !== undefined && { issuer }),
      ...(clientSecret !== undefined && { clientSecret }),
      ...(scope.length > 0 && { scopes: scope }),
      ...(domain.length > 0 && { domains: domain }),
      ...(provisioning !== undefined && { provisioning }),
      ...(role !== undefined && { role }),
    })
    return {
      data: { ...made, created: true },
      text: `${made.id}\nRegister this at the provider: ${made.redirectUri}`,
    }
  })
}

/** By the name of a variable: a command line is seen by everybody on the machine. */
function secretOf(
  variable: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (variable === undefined) return undefined
  const secret = env[variable]
  if (secret !== undefined && secret !== '') return secret
  throw new CliError('unanswered', {
    code: 'sso/no-client-secret',
    message: `The environment has no ${variable}.`,
    fix: `Set ${variable} to the client secret, or leave --client-secret-env out for a public client.`,
    missing: [variable],
  })
}
