import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export const action: Action<Readonly<Record<never, never>>, [string]> = (invocation, _flags, id) =>
  withStack(invocation, 'status', async ({ incidents }) => {
    await incidents.resend(id)
    return { data: { id }, text: `What was said last of ${id} is told again.` }
  })
