import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export const action: Action = (invocation) =>
  withStack(invocation, 'signingKeys', async (keys) => {
    const set = await keys.list()
    return { data: set, text: JSON.stringify(set, null, 2) }
  })
