import { created, defineContract, empty, idSchema, json, ok, PageErrors, scope } from '@corbel/core'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import { AuthPermissions } from '../auth-permissions.ts'
import {
  CreatedServiceAccount,
  NewServiceAccount,
  ServiceAccountList,
  ServiceAccountQuery,
} from './service-account.ts'

const { readServiceAccounts, manageServiceAccounts } = AuthPermissions

export const serviceAccountContract = defineContract('service-accounts', '/api/v1/auth/service-accounts', {
  list: {
    method: 'GET',
    path: '',
    access: scope(readServiceAccounts.scope),
    summary: 'List the service accounts of your tenant, newest first, and those that the host declares',
    query: ServiceAccountQuery,
    success: ok(ServiceAccountList),
    errors: [PageErrors.invalidCursor],
  },
  create: {
    method: 'POST',
    path: '',
    access: scope(manageServiceAccounts.scope, { maxAge: '10m' }),
    summary: 'Create a service account: an OAuth client of your tenant',
    description: 'It gets access tokens at POST /oauth/token (client_credentials). Its secret is shown once.',
    body: json(NewServiceAccount),
    success: created(CreatedServiceAccount),
    errors: [AuthErrors.scopeNotYours, AuthErrors.serviceAccountNameTaken, AuthErrors.invalidPublicKey],
    idempotent: false,
  },
  revoke: {
    method: 'DELETE',
    path: '/{id}',
    access: scope(manageServiceAccounts.scope, { maxAge: '10m' }),
    summary: 'End a service account and its access tokens',
    params: z.object({ id: idSchema('svc') }),
    success: empty(204),
    errors: [AuthErrors.serviceAccountNotFound],
  },
})
