import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export type UpdateFlags = { readonly state: string; readonly message: string }

export const action: Action<UpdateFlags, [string]> = (invocation, { state, message }, id) =>
  withStack(invocation, 'status', async ({ incidents }) => {
    const incident = await incidents.update(id, { state, message })
    return { data: incident, text: `${id} is ${incident.state}.` }
  })
