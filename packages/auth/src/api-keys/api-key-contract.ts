import {
  created,
  defineContract,
  empty,
  idSchema,
  json,
  ok,
  pageOf,
  PageErrors,
  PageQuery,
  scope,
} from '@corbel/core'
import * as z from 'zod'
import { AuthErrors } from '../auth-errors.ts'
import { AuthPermissions } from '../auth-permissions.ts'
import { ApiKey, IssuedApiKey, NewApiKey } from './api-key.ts'

const { manageApiKeys } = AuthPermissions

export const apiKeyContract = defineContract('api-keys', '/api/v1/auth/api-keys', {
  list: {
    method: 'GET',
    path: '',
    // Any machine could learn of all the others.
    access: scope(manageApiKeys.scope, { aal: 1 }),
    summary:
      'List your API keys that work, newest first; those of everybody in the tenant for administrators',
    query: PageQuery,
    success: ok(pageOf(ApiKey)),
    errors: [PageErrors.invalidCursor],
  },
  create: {
    method: 'POST',
    path: '',
    access: scope(manageApiKeys.scope, { maxAge: '10m' }),
    summary: 'Create an API key that acts for you, with some of your permissions',
    description:
      'The key is shown once. It ends with your membership, and never has a permission that you do not have at that moment.',
    body: json(NewApiKey),
    success: created(IssuedApiKey),
    errors: [AuthErrors.scopeNotYours],
    idempotent: false,
  },
  revoke: {
    method: 'DELETE',
    path: '/{id}',
    access: scope(manageApiKeys.scope, { aal: 1 }),
    summary: 'End an API key at once',
    params: z.object({ id: idSchema('key') }),
    success: empty(204),
    errors: [AuthErrors.apiKeyNotFound],
  },
})
