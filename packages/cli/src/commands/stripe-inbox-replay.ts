import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { differenceLine } from './stripe-differences.ts'
import { selectionOf, type SelectionFlags } from './stripe-selection.ts'
import { withStack } from './with-stack.ts'

export type ReplayFlags = SelectionFlags & { readonly dryRun: boolean }

/** Makes events due again; whoever does the jobs of the stack applies them. */
export const action: Action<ReplayFlags, string[]> = (invocation, flags, ...ids) => {
  const selection = { ...selectionOf(flags), ...(ids.length > 0 && { ids }) }
  if (Object.keys(selection).length === 0) throw nothingNamed()
  return withStack(invocation, 'payments', async ({ inbox }) => {
    const outcome = await inbox.replay({ ...selection, dryRun: flags.dryRun })
    const changes = outcome.differences.map(differenceLine)
    return {
      data: outcome,
      text: flags.dryRun
        ? [`${outcome.events} event(s) would be due again.`, ...changes].join('\n')
        : `${outcome.events} event(s) are due again.`,
      ...(flags.dryRun && {
        next: [{ command: 'the same without --dry-run', when: 'that is what you want' }],
      }),
    }
  })
}

const nothingNamed = (): CliError =>
  new CliError('usage', {
    code: 'stripe/nothing-named',
    message: 'No event is named.',
    fix: 'Give ids, or one of --type, --tenant, --status, --object, --from, --until.',
    next: 'corbel stripe inbox list --status dead',
  })
