import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

/** Stops at the first that cannot be begun again; those before it were. */
export const action: Action<Readonly<Record<never, never>>, string[]> = (invocation, _flags, ...ids) => {
  if (ids.length === 0) throw nothingNamed()
  return withStack(invocation, 'deliveries', async (deliveries) => {
    for (const id of ids) await deliveries.redeliver(id)
    return { data: { ids }, text: `${ids.length} delivery(s) are due again.` }
  })
}

const nothingNamed = (): CliError =>
  new CliError('usage', {
    code: 'deliveries/nothing-named',
    message: 'No delivery is named.',
    fix: 'Give the ids that the list prints.',
    next: 'corbel deliveries list --status dead',
  })
