import { buildRouteMap } from '@stricli/core'
import type { Shell } from '../commands/completion.ts'
import type { SchemaFormat } from '../commands/config-schema.ts'
import type { DoctorFlags } from '../commands/doctor.ts'
import type { SetupFlags } from '../commands/setup.ts'
import type { CliContext } from '../run/cli-context.ts'
import { command } from '../run/command.ts'
import { type SchemaName, schemaNames } from '../schemas/schema-names.ts'
import { profileFlag, switchFlag, text } from './parameters.ts'

type None = Readonly<Record<never, never>>

const shells: readonly Shell[] = ['bash', 'zsh', 'fish']

export const configRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'The settings that the stack declares' },
  routes: {
    schema: command<{ readonly format: SchemaFormat }>({
      kind: 'print',
      brief: 'Print every setting',
      load: () => import('../commands/config-schema.ts'),
      parameters: {
        flags: {
          format: {
            kind: 'enum',
            values: ['table', 'json', 'md', 'json-schema'],
            brief: 'Form of the text',
            default: 'table',
          },
        },
      },
    }),
  },
})

export const apiRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'The HTTP API of the stack' },
  routes: {
    openapi: command({
      kind: 'print',
      brief: 'Print the OpenAPI document',
      load: () => import('../commands/api-openapi.ts'),
    }),
  },
})

const adapter = buildRouteMap<string, CliContext>({
  docs: { brief: 'Adapters of your own' },
  routes: {
    verify: command<None, [string]>({
      kind: 'check',
      brief: 'Put an adapter to the law of its port: the file exports verify(suite)',
      load: () => import('../commands/adapter-verify.ts'),
      parameters: {
        positional: {
          kind: 'tuple',
          parameters: [{ placeholder: 'file', brief: 'Module that exports verify(suite)', parse: text }],
        },
      },
    }),
  },
})

export const programRoutes = {
  setup: command<SetupFlags>({
    kind: 'change',
    brief: 'Bring an env file to where the stack starts with it; run again it changes nothing',
    load: () => import('../commands/setup.ts'),
    parameters: {
      flags: {
        profile: {
          ...profileFlag,
          brief: 'Where the stack is to run [default = what the settings say, else local]',
        },
        answersFile: {
          kind: 'parsed',
          parse: text,
          brief: 'JSON object of answers by name; { "env": "NAME" } refers to the environment; repeatable',
          optional: true,
          variadic: true,
          placeholder: 'file',
        },
        var: {
          kind: 'parsed',
          parse: text,
          brief: 'One answer; repeatable',
          optional: true,
          variadic: true,
          placeholder: 'NAME=value',
        },
        exportAnswers: {
          kind: 'parsed',
          parse: text,
          brief: 'Write the answers, secrets as references',
          optional: true,
          placeholder: 'file',
        },
        reports: {
          kind: 'parsed',
          parse: text,
          brief: 'Folder of the reports',
          default: 'reports',
          placeholder: 'folder',
        },
        resume: switchFlag('Go on with a setup that was interrupted'),
        offline: switchFlag('Open neither the database nor the stack'),
        dryRun: switchFlag('Print what would change; write nothing'),
        reportOnly: switchFlag('Write the reports alone'),
        strict: switchFlag('Fail on answers that nothing uses'),
      },
    },
  }),
  doctor: command<DoctorFlags>({
    kind: 'check',
    brief: 'Look for what is wrong, and say how to put it right',
    load: () => import('../commands/doctor.ts'),
    parameters: {
      flags: {
        profile: profileFlag,
        fix: switchFlag('Do the repairs that lose nothing'),
        strict: switchFlag('Fail on warnings too'),
        markdown: switchFlag('Print a Markdown table'),
        live: switchFlag('Ask the services outside, too'),
      },
    },
  }),
  deps: command({
    kind: 'print',
    brief: 'Print the tools of this machine',
    load: () => import('../commands/deps.ts'),
  }),
  adapter,
  schema: command<{ readonly of: SchemaName }>({
    kind: 'print',
    brief: 'Print the JSON Schema of what --output json prints, or of a report',
    load: () => import('../commands/schema.ts'),
    parameters: {
      flags: {
        of: { kind: 'enum', values: schemaNames, brief: 'Document', default: 'envelope' },
      },
    },
  }),
  completion: command<None, [Shell]>({
    kind: 'print',
    brief: 'Print the completion script of a shell',
    load: () => import('../commands/completion.ts'),
    parameters: {
      positional: {
        kind: 'tuple',
        parameters: [
          {
            placeholder: 'shell',
            brief: shells.join(', '),
            parse: (input: string): Shell => {
              const shell = shells.find((known) => known === input)
              if (shell === undefined) throw new RangeError(`It must be one of ${shells.join(', ')}.`)
              return shell
            },
            proposeCompletions: () => shells,
          },
        ],
      },
    },
  }),
  complete: command<None, string[]>({
    kind: 'print',
    brief: 'Propose what could stand where the last word is',
    load: () => import('../commands/complete.ts'),
    parameters: {
      positional: { kind: 'array', parameter: { placeholder: 'word', brief: 'Words so far', parse: text } },
    },
  }),
}
