import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export const action: Action<Readonly<Record<never, never>>, [string]> = (invocation, _flags, kid) =>
  withStack(invocation, 'signingKeys', async (keys) => {
    await keys.activate(kid)
    return { data: { kid }, text: `Tokens are signed with ${kid} from now on.` }
  })
