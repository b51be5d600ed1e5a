import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export type IssueFlags = {
  readonly tenant: string
  readonly scope?: readonly string[]
  readonly lifetimeMinutes?: number
  readonly fingerprint?: string
}

export const action: Action<IssueFlags, [string]> = (invocation, flags, account) =>
  withStack(invocation, 'credentials', async (credentials) => {
    const { tenant: tenantId, scope: scopes, lifetimeMinutes, fingerprint } = flags
    const issued = await credentials.issue({
      account,
      tenantId,
      ...(scopes !== undefined && scopes.length > 0 && { scopes }),
      ...(lifetimeMinutes !== undefined && { lifetimeMinutes }),
      ...(fingerprint !== undefined && { fingerprint }),
    })
    return {
      data: issued,
      text: issued.token,
      warnings: [`The token of ${issued.jti} is shown this once; it ends at ${issued.expiresAt}.`],
      next: [
        {
          command: `corbel auth tokens revoke ${issued.jti} --tenant ${tenantId} --reason <why>`,
          when: 'it is to end before',
        },
      ],
    }
  })
