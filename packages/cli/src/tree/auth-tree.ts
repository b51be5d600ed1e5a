import { buildRouteMap } from '@stricli/core'
import type { CliContext } from '../run/cli-context.ts'
import { command } from '../run/command.ts'
import type { IssueFlags } from '../commands/auth-tokens-issue.ts'
import type { RevokeFlags } from '../commands/auth-tokens-revoke.ts'
import type { SsoFlags } from '../commands/sso-setup.ts'
import type { UserSeedFlags } from '../commands/users-seed.ts'
import { needed, option, optionalCount, repeatable, switchFlag, text, word } from './parameters.ts'

type None = Readonly<Record<never, never>>

const kid = {
  kind: 'tuple',
  parameters: [{ placeholder: 'kid', brief: 'Name of the key', parse: text }],
} as const

const keys = buildRouteMap<string, CliContext>({
  docs: { brief: 'The keys that sign access tokens' },
  routes: {
    list: command({
      kind: 'print',
      brief: 'Print where each key stands in its rotation',
      load: () => import('../commands/auth-keys-list.ts'),
    }),
    publish: command({
      kind: 'change',
      brief: 'Show a new key to whoever verifies; nothing is signed with it yet',
      load: () => import('../commands/auth-keys-publish.ts'),
    }),
    activate: command<None, [string]>({
      kind: 'change',
      brief: 'Sign with a published key from now on',
      load: () => import('../commands/auth-keys-activate.ts'),
      parameters: { positional: kid },
    }),
    retire: command<{ readonly compromised: boolean }, [string]>({
      kind: 'change',
      brief: 'Remove a replaced key once all its tokens have expired',
      load: () => import('../commands/auth-keys-retire.ts'),
      parameters: {
        flags: { compromised: switchFlag('Somebody has stolen it: remove it at once') },
        positional: kid,
      },
    }),
    rotate: command<{ readonly wait: boolean }>({
      kind: 'change',
      brief: 'Do the steps of a rotation that are due; run again it goes on',
      load: () => import('../commands/auth-keys-rotate.ts'),
      parameters: { flags: { wait: switchFlag('Wait until the new key may sign') } },
    }),
  },
})

const jwks = buildRouteMap<string, CliContext>({
  docs: { brief: 'The public keys' },
  routes: {
    print: command({
      kind: 'print',
      brief: 'Print them as a JSON Web Key Set',
      load: () => import('../commands/auth-jwks-print.ts'),
    }),
    verify: command<None, [string]>({
      kind: 'check',
      brief: 'Fail when an address does not serve them',
      load: () => import('../commands/auth-jwks-verify.ts'),
      parameters: {
        positional: {
          kind: 'tuple',
          parameters: [{ placeholder: 'url', brief: 'Address of a JSON Web Key Set', parse: text }],
        },
      },
    }),
  },
})

const tokens = buildRouteMap<string, CliContext>({
  docs: { brief: 'Credentials of the service accounts that the host declares' },
  routes: {
    'issue-service-account': command<IssueFlags, [string]>({
      kind: 'print',
      brief: 'Issue one and print it, this once',
      load: () => import('../commands/auth-tokens-issue.ts'),
      parameters: {
        flags: {
          tenant: needed('For this tenant', 'id'),
          scope: repeatable('A permission of the account; repeatable [default = all of them]', 'scope'),
          lifetimeMinutes: optionalCount('Minutes [default = as long as the account may]', 129_600),
          fingerprint: option('Where it is going to be used, such as a host name', 'text'),
        },
        positional: word('account', 'Name of the account'),
      },
    }),
    revoke: command<RevokeFlags, [string]>({
      kind: 'change',
      brief: 'End one at once',
      load: () => import('../commands/auth-tokens-revoke.ts'),
      parameters: {
        flags: {
          tenant: needed('Whose it is', 'id'),
          reason: needed('Why, for the audit trail', 'text'),
        },
        positional: word('jti', 'Id of the credential'),
      },
    }),
  },
})

export const authRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'Signing keys and credentials' },
  routes: { keys, jwks, tokens },
})

export const ssoRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'Single sign-on' },
  routes: {
    setup: command<SsoFlags>({
      kind: 'change',
      brief: 'Connect a tenant, or the platform, to an identity provider; run again it changes nothing',
      load: () => import('../commands/sso-setup.ts'),
      parameters: {
        flags: {
          tenant: option('Of this tenant [default = of the platform]', 'id'),
          preset: needed('google, microsoft, okta, auth0 or custom', 'preset'),
          issuer: option('As the provider writes it; only that of Google is known', 'url'),
          clientId: needed('Id of the client at the provider', 'id'),
          clientSecretEnv: option('Environment variable with the client secret', 'NAME'),
          name: needed('What people are shown', 'text'),
          scope: repeatable('Besides none: openid, email and profile; repeatable', 'scope'),
          domain: repeatable('Domain of addresses that it speaks for; repeatable', 'domain'),
          provisioning: option('disabled, invite_only or domain_allowlist', 'policy'),
          role: option('Of members who join by it: viewer, member or admin', 'role'),
          disabled: switchFlag('Connect, and let nobody sign in by it yet'),
        },
      },
    }),
  },
})

export const usersRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'People' },
  routes: {
    // Without a reader of the password nobody could sign in.
    'create-operator': command<None, [string]>({
      kind: 'print',
      brief: 'Create an operator of the platform and print the password, this once',
      load: () => import('../commands/users-create-operator.ts'),
      parameters: {
        positional: {
          kind: 'tuple',
          parameters: [{ placeholder: 'e-mail', brief: 'Address of the operator', parse: text }],
        },
      },
    }),
    seed: command<UserSeedFlags, [string]>({
      kind: 'print',
      brief: 'Create a user with a tenant and print the password, this once; not in production',
      load: () => import('../commands/users-seed.ts'),
      parameters: {
        flags: {
          tenant: needed('Name of the tenant that they own', 'name'),
          name: option('Their own name', 'name'),
        },
        positional: word('e-mail', 'Address of the user'),
      },
    }),
  },
})
