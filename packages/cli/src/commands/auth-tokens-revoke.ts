import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export type RevokeFlags = { readonly tenant: string; readonly reason: string }

export const action: Action<RevokeFlags, [string]> = (invocation, { tenant, reason }, jti) =>
  withStack(invocation, 'credentials', async (credentials) => {
    await credentials.revoke(tenant, jti, reason)
    return { data: { jti, tenantId: tenant }, text: `${jti} is accepted no more.` }
  })
