import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export type OpenFlags = { readonly severity: string; readonly message: string }

export const action: Action<OpenFlags, [string]> = (invocation, { severity, message }, title) =>
  withStack(invocation, 'status', async ({ incidents }) => {
    const incident = await incidents.open({ title, severity, message })
    return {
      data: incident,
      text: incident.id,
      next: [
        {
          command: `corbel status incidents update ${incident.id} --state resolved --message <what was done>`,
          when: 'it is over',
        },
      ],
    }
  })
