import { buildRouteMap } from '@stricli/core'
import type { DeliveryListFlags } from '../commands/deliveries-list.ts'
import type { CliContext } from '../run/cli-context.ts'
import { command } from '../run/command.ts'
import { option, pageFlags, text } from './parameters.ts'

type None = Readonly<Record<never, never>>

export const deliveriesRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'Mails, webhooks and messages that left or are to leave' },
  routes: {
    list: command<DeliveryListFlags>({
      kind: 'print',
      brief: 'Print them, newest first, without what was said',
      load: () => import('../commands/deliveries-list.ts'),
      parameters: {
        flags: {
          ...pageFlags,
          status: option('pending, delivered or dead', 'status'),
          route: option('On this way, such as auth.mail or tenant.webhook', 'route'),
          tenant: option('About this tenant', 'id'),
        },
      },
    }),
    redeliver: command<None, string[]>({
      kind: 'change',
      brief: 'Send again what was delivered or given up',
      load: () => import('../commands/deliveries-redeliver.ts'),
      parameters: {
        positional: {
          kind: 'array',
          parameter: { placeholder: 'delivery', brief: 'Ids of deliveries', parse: text },
        },
      },
    }),
  },
})
