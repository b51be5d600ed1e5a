import type { Action } from '../run/command.ts'
import type { ReconcileOutcome } from '../tools/payment-tools.ts'
import { differenceLine } from './stripe-differences.ts'
import { withStack } from './with-stack.ts'

export type ReconcileFlags = { readonly since?: string; readonly cursor?: string; readonly dryRun: boolean }

/** Compares what is known here with what the provider says, page by page to the end, and takes over what was missed. */
export const action: Action<ReconcileFlags> = (invocation, { since, cursor, dryRun }) =>
  withStack(invocation, 'payments', async (payments) => {
    const pages: ReconcileOutcome[] = []
    let next: string | null = cursor ?? null
    do {
      invocation.process.signal.throwIfAborted()
      const page: ReconcileOutcome = await payments.reconcile({
        ...(since !== undefined && { since }),
        ...(next !== null && { cursor: next }),
        dryRun,
      })
      pages.push(page)
      next = page.nextCursor
      if (next !== null) invocation.progress(`Goes on with --cursor ${next}`)
    } while (next !== null)
    const checked = pages.reduce((sum, page) => sum + page.checked, 0)
    const missedEvents = pages.flatMap((page) => page.missedEvents)
    const differences = pages.flatMap((page) => page.differences)
    return {
      data: { dryRun, checked, missedEvents, differences },
      text: [
        ...missedEvents.map((id) => `missed  ${id}`),
        ...differences.map(differenceLine),
        `${checked} looked at: ${missedEvents.length} event(s) missed, ${differences.length} difference(s).${dryRun ? ' Nothing was changed.' : ''}`,
      ].join('\n'),
    }
  })
