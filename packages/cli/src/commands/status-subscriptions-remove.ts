import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export const action: Action<Readonly<Record<never, never>>, [string]> = (invocation, _flags, id) =>
  withStack(invocation, 'status', async ({ subscriptions }) => {
    await subscriptions.remove(id)
    return { data: { id }, text: `${id} is told nothing any more.` }
  })
