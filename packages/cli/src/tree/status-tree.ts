import { buildRouteMap } from '@stricli/core'
import type { OpenFlags } from '../commands/status-incidents-open.ts'
import type { UpdateFlags } from '../commands/status-incidents-update.ts'
import type { SubscriptionListFlags } from '../commands/status-subscriptions-list.ts'
import type { CliContext } from '../run/cli-context.ts'
import { command } from '../run/command.ts'
import { needed, option, type PageFlags, pageFlags, word } from './parameters.ts'

type None = Readonly<Record<never, never>>

const incidents = buildRouteMap<string, CliContext>({
  docs: { brief: 'What went wrong, and what is said about it' },
  routes: {
    list: command<PageFlags>({
      kind: 'print',
      brief: 'Print them, newest first',
      load: () => import('../commands/status-incidents-list.ts'),
      parameters: { flags: pageFlags },
    }),
    open: command<OpenFlags, [string]>({
      kind: 'change',
      brief: 'Say that something is wrong; subscribers are told',
      load: () => import('../commands/status-incidents-open.ts'),
      parameters: {
        flags: {
          severity: needed('minor, major or critical', 'severity'),
          message: needed('What is known', 'text'),
        },
        positional: word('title', 'One line'),
      },
    }),
    update: command<UpdateFlags, [string]>({
      kind: 'change',
      brief: 'Say something new; subscribers are told',
      load: () => import('../commands/status-incidents-update.ts'),
      parameters: {
        flags: {
          state: needed('investigating, identified, monitoring, resolved or postmortem', 'state'),
          message: needed('What is new', 'text'),
        },
        positional: word('incident', 'Id of the incident'),
      },
    }),
    resend: command<None, [string]>({
      kind: 'change',
      brief: 'Tell subscribers again what was said last',
      load: () => import('../commands/status-incidents-resend.ts'),
      parameters: { positional: word('incident', 'Id of the incident') },
    }),
  },
})

const subscriptions = buildRouteMap<string, CliContext>({
  docs: { brief: 'Who is told' },
  routes: {
    list: command<SubscriptionListFlags>({
      kind: 'print',
      brief: 'Print them, newest first, without their addresses',
      load: () => import('../commands/status-subscriptions-list.ts'),
      parameters: {
        flags: { ...pageFlags, target: option('The one with this address', 'address') },
      },
    }),
    remove: command<None, [string]>({
      kind: 'change',
      brief: 'Tell this one nothing any more',
      load: () => import('../commands/status-subscriptions-remove.ts'),
      parameters: { positional: word('subscription', 'Id of the subscription') },
    }),
  },
})

export const statusRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'The status page' },
  routes: { incidents, subscriptions },
})
