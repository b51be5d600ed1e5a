import { buildRouteMap } from '@stricli/core'
import type { InboxListFlags } from '../commands/stripe-inbox-list.ts'
import type { ReplayFlags } from '../commands/stripe-inbox-replay.ts'
import type { ReconcileFlags } from '../commands/stripe-reconcile.ts'
import type { StripeSetupFlags } from '../commands/stripe-setup.ts'
import type { SyncFlags } from '../commands/usage-sync-entitlements.ts'
import type { UsageExportFlags } from '../commands/usage-export.ts'
import type { CliContext } from '../run/cli-context.ts'
import { command } from '../run/command.ts'
import { count, option, pageFlags, switchFlag, text, word } from './parameters.ts'

type None = Readonly<Record<never, never>>

const selection = {
  type: option('Of this type', 'type'),
  tenant: option('About this tenant', 'id'),
  status: option('pending, done, superseded, ignored or dead', 'status'),
  object: option('About this object of Stripe', 'id'),
  from: option('Received at this time (ISO 8601, UTC) or later', 'time'),
  until: option('Received before this time', 'time'),
} as const

const inbox = buildRouteMap<string, CliContext>({
  docs: { brief: 'The events that Stripe delivered' },
  routes: {
    list: command<InboxListFlags>({
      kind: 'print',
      brief: 'Print them, those that came in last first',
      load: () => import('../commands/stripe-inbox-list.ts'),
      parameters: { flags: { ...pageFlags, ...selection } },
    }),
    show: command<None, [string]>({
      kind: 'print',
      brief: 'Print one with everything that was sent',
      load: () => import('../commands/stripe-inbox-show.ts'),
      parameters: { positional: word('event', 'Id of the event') },
    }),
    replay: command<ReplayFlags, string[]>({
      kind: 'change',
      brief: 'Make events due again; what is newer is never set back',
      load: () => import('../commands/stripe-inbox-replay.ts'),
      parameters: {
        flags: { ...selection, dryRun: switchFlag('Print what would change; change nothing') },
        positional: {
          kind: 'array',
          parameter: { placeholder: 'event', brief: 'Ids of events', parse: text },
        },
      },
    }),
  },
})

export const stripeRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'What is sold, and what Stripe told' },
  routes: {
    setup: command<StripeSetupFlags>({
      kind: 'change',
      brief: 'Make Stripe sell what the stack declares; run again it does nothing',
      load: () => import('../commands/stripe-setup.ts'),
      parameters: {
        flags: {
          dryRun: switchFlag('Print what would be done; do nothing'),
          write: switchFlag('Write the ids of the prices to the env file'),
        },
      },
    }),
    'webhook-secret': command<{ readonly print: boolean }>({
      kind: 'change',
      brief: 'Keep the secret of forwarded events in the env file; needs the Stripe CLI',
      load: () => import('../commands/stripe-webhook-secret.ts'),
      parameters: { flags: { print: switchFlag('Print it instead') } },
    }),
    inbox,
    reconcile: command<ReconcileFlags>({
      kind: 'change',
      brief: 'Take over what Stripe says and the stack has missed',
      load: () => import('../commands/stripe-reconcile.ts'),
      parameters: {
        flags: {
          since: option('Look for events since then (ISO 8601, UTC) [default = 30 days ago]', 'time'),
          cursor: option('Go on where an interrupted one was', 'cursor'),
          dryRun: switchFlag('Print what would change; change nothing'),
        },
      },
    }),
  },
})

export const usageRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'What tenants use, and may use' },
  routes: {
    export: command<UsageExportFlags>({
      kind: 'change',
      brief: 'Print what each tenant used of what was included',
      load: () => import('../commands/usage-export.ts'),
      parameters: {
        flags: {
          from: option('First moment (ISO 8601, UTC) [default = the present period]', 'time'),
          until: option('Moment after the last', 'time'),
          tenant: option('This tenant alone', 'id'),
          csv: option('Write a CSV file', 'file'),
          warnAt: count('Per cent of a limit from which it is told', '80', 100),
        },
      },
    }),
    'sync-entitlements': command<SyncFlags, [string]>({
      kind: 'change',
      brief: 'Bring what is granted by hand to what a JSON file says',
      load: () => import('../commands/usage-sync-entitlements.ts'),
      parameters: {
        flags: {
          dryRun: switchFlag('Print what would change; change nothing'),
          prune: switchFlag('Take away what the file does not name, of the tenants that it names'),
        },
        positional: word('file', '{ "<tenant>": { "<feature>": true } }'),
      },
    }),
  },
})
