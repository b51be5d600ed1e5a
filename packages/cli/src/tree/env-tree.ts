import { buildRouteMap } from '@stricli/core'
import type { EnvCheckFlags } from '../commands/env-check.ts'
import type { EnvRunFlags } from '../commands/env-run.ts'
import type { CliContext } from '../run/cli-context.ts'
import { command } from '../run/command.ts'
import { profileFlag, switchFlag, text } from './parameters.ts'

type None = Readonly<Record<never, never>>

const path = {
  kind: 'parsed',
  parse: text,
  brief: 'The inventory',
  default: 'docs/settings-inventory.md',
  placeholder: 'file',
} as const

const inventory = buildRouteMap<string, CliContext>({
  docs: { brief: 'A Markdown list of the settings, kept in the repository' },
  routes: {
    write: command<{ readonly path: string }>({
      kind: 'change',
      brief: 'Write it; what is up to date stays as it is',
      load: () => import('../commands/env-inventory-write.ts'),
      parameters: { flags: { path } },
    }),
    check: command<{ readonly path: string }>({
      kind: 'check',
      brief: 'Fail when it is not what the stack declares',
      load: () => import('../commands/env-inventory-check.ts'),
      parameters: { flags: { path } },
    }),
  },
})

export const envRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'The environment and its files' },
  routes: {
    inventory,
    check: command<EnvCheckFlags>({
      kind: 'check',
      brief: 'Say what a start would say about the settings',
      load: () => import('../commands/env-check.ts'),
      parameters: { flags: { profile: profileFlag } },
    }),
    diff: command<None, [string, string]>({
      kind: 'check',
      brief: 'Compare two env files; secrets are shown as fingerprints',
      load: () => import('../commands/env-diff.ts'),
      parameters: {
        positional: {
          kind: 'tuple',
          parameters: [
            { placeholder: 'left', brief: 'Env file', parse: text },
            { placeholder: 'right', brief: 'Env file', parse: text },
          ],
        },
      },
    }),
    run: command<EnvRunFlags, string[]>({
      kind: 'change',
      brief: 'Run a program with the env files: corbel env run -- node server.js',
      load: () => import('../commands/env-run.ts'),
      parameters: {
        flags: { secrets: switchFlag('And with the secret store') },
        positional: {
          kind: 'array',
          minimum: 1,
          parameter: { placeholder: 'word', brief: 'The program and its arguments, after --', parse: text },
        },
      },
    }),
  },
})
