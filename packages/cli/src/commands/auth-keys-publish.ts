import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export const action: Action = (invocation) =>
  withStack(invocation, 'signingKeys', async (keys) => {
    const { kid } = await keys.publish()
    return {
      data: { kid },
      text: `Published: ${kid}. Nothing is signed with it yet.`,
      next: [
        { command: `corbel auth keys activate ${kid}`, when: 'whoever verifies has had time to read it' },
      ],
    }
  })
