import { created, defineContract, empty, fresh, idSchema, json, ok, PageErrors, scope } from '@corbel/core'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import { AuthPermissions } from '../auth-permissions.ts'
import { Connection, ConnectionPage, ConnectionPatch, ConnectionQuery, NewConnection } from './connection.ts'

const read = scope(AuthPermissions.readSso.scope, {})
const manage = scope(AuthPermissions.manageSso.scope, fresh)
const params = z.object({ id: idSchema('sso') })

export const connectionContract = defineContract('sso-connections', '/api/v1/auth/sso/connections', {
  list: {
    method: 'GET',
    path: '',
    access: read,
    summary: 'List the connections of your tenant to identity providers, newest first',
    query: ConnectionQuery,
    success: ok(ConnectionPage),
    errors: [PageErrors.invalidCursor, AuthErrors.ssoPlatformOnly],
  },
  create: {
    method: 'POST',
    path: '',
    access: manage,
    summary: 'Connect your tenant to an identity provider',
    description:
      'Register the redirectUri of the answer at the provider. The client secret is sealed and never shown.',
    body: json(NewConnection),
    success: created(Connection),
    errors: [AuthErrors.ssoPlatformOnly, AuthErrors.ssoProvisioning, AuthErrors.ssoIssuerRefused],
    rateLimit: { name: 'sso-connection-create', by: 'tenant', limit: 30, window: '1h' },
  },
  get: {
    method: 'GET',
    path: '/{id}',
    access: read,
    summary: 'Read a connection',
    params,
    success: ok(Connection),
    versioned: true,
    errors: [AuthErrors.ssoConnectionNotFound],
  },
  update: {
    method: 'PATCH',
    path: '/{id}',
    access: manage,
    summary: 'Change a connection',
    params,
    body: json(ConnectionPatch),
    success: ok(Connection),
    versioned: true,
    errors: [
      AuthErrors.ssoConnectionNotFound,
      AuthErrors.ssoConnectionStale,
      AuthErrors.ssoProvisioning,
      AuthErrors.ssoClientSecret,
    ],
  },
  remove: {
    method: 'DELETE',
    path: '/{id}',
    access: manage,
    summary: 'Remove a connection',
    params,
    success: empty(204),
    errors: [AuthErrors.ssoConnectionNotFound],
  },
})
