import { implement, type Route } from '@corbel/core'
import { accountCredentialContract } from './account-credential-contract.ts'
import type { AccountCredentialService } from './account-credential-service.ts'

export const accountCredentialRoutes = (credentials: AccountCredentialService): readonly Route[] =>
  implement(accountCredentialContract, {
    issue: ({ body, client }) => credentials.issue(body, client),
    issueInBrowser: ({ principal, body, client }) => credentials.issueInBrowser(principal, body, client),
    listTokens: ({ principal, query }) => credentials.list(principal, query),
    revokeToken: ({ principal, params, body, client }) =>
      credentials.revoke(principal, params.jti, body.reason, client),
  })
