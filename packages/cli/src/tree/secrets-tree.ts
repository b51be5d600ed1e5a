import { buildRouteMap } from '@stricli/core'
import type { OnboardFlags } from '../commands/secrets-onboard.ts'
import type { RotateFlags } from '../commands/secrets-rotate.ts'
import type { CliContext } from '../run/cli-context.ts'
import { command } from '../run/command.ts'
import { option, switchFlag, word } from './parameters.ts'

export const secretsRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'Secrets in the store that the settings name' },
  routes: {
    status: command({
      kind: 'print',
      brief: 'Print where each secret is; never what it is',
      load: () => import('../commands/secrets-status.ts'),
    }),
    onboard: command<OnboardFlags>({
      kind: 'change',
      brief: 'Bring those of the environment into the store; nothing there is written over',
      load: () => import('../commands/secrets-onboard.ts'),
      parameters: { flags: { dryRun: switchFlag('Print what would be brought; write nothing') } },
    }),
    rotate: command<RotateFlags, [string]>({
      kind: 'change',
      brief: 'Put another value in the place of a stored one',
      load: () => import('../commands/secrets-rotate.ts'),
      parameters: {
        flags: {
          valueEnv: option('Environment variable with the new value [default = a random one]', 'NAME'),
          fromVersion: option('Only while it is at this version', 'version'),
        },
        positional: word('setting', 'Name of the setting'),
      },
    }),
    verify: command({
      kind: 'check',
      brief: 'Fail when the store does not answer, or a start would not take what it holds',
      load: () => import('../commands/secrets-verify.ts'),
    }),
  },
})
