import { type Application, buildApplication, buildRouteMap } from '@stricli/core'
import type { SchemaFormat } from './commands/config-schema.ts'
import type { CliContext } from './run/cli-context.ts'
import { command } from './run/command.ts'
import { readVersion } from './version.ts'

const config = buildRouteMap<string, CliContext>({
  docs: { brief: 'The settings that the stack declares' },
  routes: {
    schema: command<{ readonly format: SchemaFormat }>({
      kind: 'print',
      brief: 'Print every setting',
      load: () => import('./commands/config-schema.ts'),
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

const api = buildRouteMap<string, CliContext>({
  docs: { brief: 'The HTTP API of the stack' },
  routes: {
    openapi: command({
      kind: 'print',
      brief: 'Print the OpenAPI document',
      load: () => import('./commands/api-openapi.ts'),
    }),
  },
})

/** The whole program: every command by its words. Commands are loaded when they are called. */
export const app: Application<CliContext> = buildApplication<CliContext>(
  buildRouteMap<string, CliContext>({
    docs: { brief: 'Sets up, checks and operates a Corbel stack.' },
    routes: {
      config,
      api,
      schema: command({
        kind: 'print',
        brief: 'Print the JSON Schema of what --output json prints',
        load: () => import('./commands/schema.ts'),
      }),
    },
  }),
  {
    name: 'corbel',
    versionInfo: { getCurrentVersion: async () => readVersion() },
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    documentation: { caseStyle: 'convert-camel-to-kebab', useAliasInUsageLine: true },
  },
)
