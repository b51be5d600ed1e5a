import { buildRouteMap } from '@stricli/core'
import type { ComposeFlags } from '../commands/infra-compose.ts'
import type { ComposeWriteFlags } from '../commands/infra-compose-write.ts'
import type { TfvarsFlags } from '../commands/infra-tfvars.ts'
import type { ArchiveFlags } from '../commands/logs-archive.ts'
import type { TailFlags } from '../commands/logs-tail.ts'
import type { CliContext } from '../run/cli-context.ts'
import { command } from '../run/command.ts'
import { count, option, switchFlag, text } from './parameters.ts'

const file = {
  kind: 'parsed',
  parse: text,
  brief: 'The Compose file',
  default: 'compose.yaml',
  placeholder: 'file',
} as const

const driven = (verb: 'up' | 'down' | 'ps' | 'logs', brief: string) =>
  command<ComposeFlags>({
    kind: verb === 'up' || verb === 'down' ? 'change' : 'print',
    brief,
    load: async () => ({ action: (await import('../commands/infra-compose.ts')).driving(verb) }),
    parameters: { flags: { file } },
  })

const compose = buildRouteMap<string, CliContext>({
  docs: { brief: 'Postgres, Redis and more in containers, for a developer' },
  routes: {
    write: command<ComposeWriteFlags>({
      kind: 'change',
      brief: 'Write the Compose file, and passwords beside it; run again it changes nothing',
      load: () => import('../commands/infra-compose-write.ts'),
      parameters: {
        flags: {
          file,
          with: {
            kind: 'enum',
            values: ['vault', 'collector'],
            brief: 'Besides Postgres and Redis; repeatable',
            optional: true,
            variadic: true,
          },
          force: switchFlag('Replace a file that is another one'),
        },
      },
    }),
    up: driven('up', 'Start them, and wait until they answer'),
    down: driven('down', 'Stop them; what they keep stays'),
    ps: driven('ps', 'Print which of them run'),
    logs: driven('logs', 'Print what they logged last'),
  },
})

export const infraRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'What the stack runs on' },
  routes: {
    compose,
    tfvars: command<TfvarsFlags>({
      kind: 'change',
      brief: 'Print the settings that are set as variables of Terraform; of secrets the names alone',
      load: () => import('../commands/infra-tfvars.ts'),
      parameters: {
        flags: {
          format: { kind: 'enum', values: ['hcl', 'json'], brief: 'Form of the file', default: 'hcl' },
          to: option('Write a file', 'file'),
        },
      },
    }),
  },
})

export const logsRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'The log of the stack' },
  routes: {
    tail: command<TailFlags>({
      kind: 'print',
      brief: 'Print the last lines',
      load: () => import('../commands/logs-tail.ts'),
      parameters: {
        flags: {
          lines: count('Most lines to print', '200', 100_000),
          errors: switchFlag('Warnings and errors alone'),
          follow: switchFlag('Go on with what comes'),
        },
      },
    }),
    archive: command<ArchiveFlags>({
      kind: 'change',
      brief: 'Pack files that nobody has written to for some days',
      load: () => import('../commands/logs-archive.ts'),
      parameters: {
        flags: {
          days: count('Days', '7', 3650),
          dryRun: switchFlag('Print what would be packed; change nothing'),
        },
      },
    }),
  },
})
