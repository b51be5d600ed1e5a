import { defineContract, empty, fresh, json, ok, scope } from '@corbel/core'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import { AuthPermissions } from '../auth-permissions.ts'
import { Domain, DomainList, DomainProof, NewDomain } from './domain.ts'

const manage = scope(AuthPermissions.manageSso.scope, fresh)

export const domainContract = defineContract('sso-domains', '/api/v1/auth/sso/domains', {
  list: {
    method: 'GET',
    path: '',
    access: scope(AuthPermissions.readSso.scope),
    summary: 'List the domains that your tenant has proved to be its own',
    success: ok(DomainList),
  },
  verify: {
    method: 'POST',
    path: '',
    access: manage,
    summary: 'Prove that a domain is yours',
    description:
      'The answer says which TXT record to publish. Call again once it is there: verifiedAt is null as long as it was not found.',
    body: json(NewDomain),
    success: ok(DomainProof),
    errors: [AuthErrors.domainCheckUnavailable],
    rateLimit: { name: 'sso-domain-verify', by: 'tenant', limit: 60, window: '1h' },
    // The same question may have another answer a minute later.
    idempotent: false,
  },
  remove: {
    method: 'DELETE',
    path: '/{domain}',
    access: manage,
    summary: 'Give a domain up',
    params: z.object({ domain: Domain }),
    success: empty(204),
    errors: [AuthErrors.ssoDomainNotFound],
  },
})
