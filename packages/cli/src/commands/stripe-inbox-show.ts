import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export const action: Action<Readonly<Record<never, never>>, [string]> = (invocation, _flags, id) =>
  withStack(invocation, 'payments', async ({ inbox }) => {
    const event = await inbox.get(id)
    return { data: event, text: JSON.stringify(event, null, 2) }
  })
