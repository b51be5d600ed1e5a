import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export const action: Action<{ readonly compromised: boolean }, [string]> = (
  invocation,
  { compromised },
  kid,
) =>
  withStack(invocation, 'signingKeys', async (keys) => {
    await keys.remove(kid, { compromised })
    return {
      data: { kid, compromised },
      text: `${kid} is gone: nothing that it signed is accepted any more.`,
    }
  })
