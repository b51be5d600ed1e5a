import {
  anyone,
  created,
  defineContract,
  empty,
  idSchema,
  json,
  ok,
  pageOf,
  PageErrors,
  scope,
} from '@corbel/core'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import { AuthPermissions } from '../auth-permissions.ts'
import {
  AccountCredential,
  CredentialQuery,
  IssueCredential,
  IssuedCredential,
  IssueInBrowser,
  RevokeCredential,
} from './account-credential.ts'

const { readServiceAccounts, manageServiceAccounts } = AuthPermissions
const refusals = [
  AuthErrors.unknownAccount,
  AuthErrors.accountScopes,
  AuthErrors.accountLifetime,
  AuthErrors.accountTenancy,
  AuthErrors.accountRateLimited,
]

export const accountCredentialContract = defineContract('service-accounts', '/api/v1/auth/service-accounts', {
  issue: {
    method: 'POST',
    path: '/issue',
    access: anyone,
    summary: 'Issue a credential for a declared service account to a signed request',
    description:
      'The request is a JWT of type credential-request+jwt, signed by the key vault (EdDSA) or with AUTH_CREDENTIAL_REQUEST_SECRET (HS256), for this issuer, good for at most 5 minutes and once. Unsigned requests are taken in the profile local only.',
    body: json(IssueCredential),
    success: created(IssuedCredential),
    errors: [
      AuthErrors.invalidCredentialRequest,
      AuthErrors.credentialRequestUsed,
      AuthErrors.unsignedCredentialRequest,
      ...refusals,
    ],
    rateLimit: { name: 'issue-credential', by: 'ip', limit: 30, window: '1m' },
    idempotent: false,
  },
  issueInBrowser: {
    method: 'POST',
    path: '/browser-issue',
    access: scope(manageServiceAccounts.scope, { maxAge: '10m' }),
    summary: 'Issue a credential for a declared service account, with a reason',
    body: json(IssueInBrowser),
    success: created(IssuedCredential),
    errors: refusals,
    rateLimit: { name: 'issue-credential', by: 'tenant', limit: 30, window: '1m' },
    idempotent: false,
  },
  listTokens: {
    method: 'GET',
    path: '/tokens',
    access: scope(readServiceAccounts.scope),
    summary: 'List the credentials of declared service accounts in your tenant, newest first',
    query: CredentialQuery,
    success: ok(pageOf(AccountCredential)),
    errors: [PageErrors.invalidCursor],
  },
  revokeToken: {
    method: 'POST',
    path: '/tokens/{jti}/revoke',
    access: scope(manageServiceAccounts.scope, { maxAge: '10m' }),
    summary: 'End a credential of a declared service account at once, with a reason',
    params: z.object({ jti: idSchema('key') }),
    body: json(RevokeCredential),
    success: empty(204),
    errors: [AuthErrors.apiKeyNotFound],
  },
})
