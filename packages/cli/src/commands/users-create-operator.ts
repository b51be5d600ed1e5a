import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export const action: Action<Readonly<Record<never, never>>, [string]> = (invocation, _flags, email) =>
  withStack(invocation, 'operators', async (operators) => {
    const operator = await operators.create(email)
    return {
      data: operator,
      text: `e-mail    ${operator.email}\npassword  ${operator.password}`,
      warnings: ['The password is shown this once; only its hash is kept.'],
    }
  })
