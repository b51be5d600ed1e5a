import { buildRouteMap } from '@stricli/core'
import type { CliContext } from '../run/cli-context.ts'
import { command } from '../run/command.ts'
import { switchFlag, text } from './parameters.ts'

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

export const authRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'Signing keys' },
  routes: { keys, jwks },
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
  },
})
