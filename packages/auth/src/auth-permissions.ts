import { definePermissions } from '@corbel/core'

export const AuthPermissions = definePermissions({
  manageApiKeys: {
    scope: 'api-keys:manage',
    summary: 'Create API keys of your own, and end them',
    from: 'member',
  },
  manageAllApiKeys: {
    scope: 'api-keys:administer',
    summary: 'See and end the API keys of everybody in the tenant',
    from: 'admin',
  },
  readServiceAccounts: {
    scope: 'service-accounts:read',
    summary: 'List the service accounts of the tenant and their credentials',
    from: 'admin',
  },
  manageServiceAccounts: {
    scope: 'service-accounts:manage',
    summary: 'Create and end service accounts and their credentials',
    from: 'admin',
  },
  readAudit: {
    scope: 'audit:read',
    summary: 'Read, export and verify the audit trail of the tenant',
    from: 'admin',
  },
  introspect: {
    scope: 'tokens:introspect',
    summary: 'Ask about every access token of the tenant at POST /oauth/introspect',
    from: 'admin',
  },
  readSso: {
    scope: 'sso:read',
    summary: 'Read the connections of the tenant to identity providers, and its domains',
    from: 'admin',
  },
  manageSso: {
    scope: 'sso:manage',
    summary: 'Say which identity providers sign people in to the tenant, and prove its domains',
    from: 'owner',
  },
})
