import { buildRouteMap } from '@stricli/core'
import type { NewAdapterFlags } from '../commands/new-adapter.ts'
import type { CliContext } from '../run/cli-context.ts'
import { command } from '../run/command.ts'
import { switchFlag, text, word } from './parameters.ts'

const to = {
  kind: 'parsed',
  parse: text,
  brief: 'Folder to write to',
  default: 'src',
  placeholder: 'folder',
} as const

export const newRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'The beginning of code of your own' },
  routes: {
    module: command<{ readonly to: string }, [string]>({
      kind: 'change',
      brief: 'Write a module of one noun, with its test',
      load: () => import('../commands/new-module.ts'),
      parameters: { flags: { to }, positional: word('name', 'A noun, and one of it: tea-pot') },
    }),
    adapter: command<NewAdapterFlags, [string]>({
      kind: 'change',
      brief: 'Write an adapter that keeps the law of its port, to be rewritten',
      load: () => import('../commands/new-adapter.ts'),
      parameters: {
        flags: {
          to,
          port: { kind: 'enum', values: ['cache', 'secret-store'], brief: 'The port' },
        },
        positional: word('name', 'The technology: memcached'),
      },
    }),
  },
})

export const providersRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'The services outside' },
  routes: {
    validate: command<{ readonly live: boolean }>({
      kind: 'check',
      brief: 'Fail when one refuses its credentials',
      load: () => import('../commands/providers-validate.ts'),
      parameters: { flags: { live: switchFlag('Ask them') } },
    }),
  },
})

export const dev = command<{ readonly once: boolean }>({
  kind: 'change',
  brief: 'Run the stack, and start it again when a source changes',
  load: () => import('../commands/dev.ts'),
  parameters: { flags: { once: switchFlag('Do not watch') } },
})
