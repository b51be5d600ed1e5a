import { defineContract, empty, fresh, inPerson, json, ok, user } from '@corbel/core'
import { TenantErrors } from '@corbel/core/tenant'
import { AuthErrors } from '../auth-errors.ts'
import { ExportedData, NewEmail, OwnAccount } from './account.ts'
import { ProfileChange } from './profile.ts'

export const accountContract = defineContract('accounts', '/api/v1/users', {
  get: {
    method: 'GET',
    path: '/me',
    access: user(),
    summary: 'Show your account',
    success: ok(OwnAccount),
    errors: [AuthErrors.sessionEnded],
  },
  updateProfile: {
    method: 'PATCH',
    path: '/me/profile',
    access: inPerson,
    summary: 'Change what you say about yourself',
    description: 'What is left out stays as it is; null takes it away.',
    body: json(ProfileChange),
    success: ok(OwnAccount),
    errors: [AuthErrors.sessionEnded],
  },
  changeEmail: {
    method: 'PATCH',
    path: '/me/email',
    access: user(fresh),
    summary: 'Ask for another e-mail address',
    description:
      'A link goes to the new address and a notice to the old one. The address counts once POST /api/v1/auth/email/verify is given the token of the link; every session ends then. An address that is in use gets the same answer, and a mail without a link.',
    body: json(NewEmail),
    success: empty(202),
    errors: [AuthErrors.sessionEnded],
    rateLimit: { name: 'email-change', by: 'user', limit: 5, window: '1h' },
  },
  disable: {
    method: 'POST',
    path: '/me/disable',
    access: user(fresh),
    summary: 'Disable your account and end all of its sessions',
    description: 'Operators can enable it again.',
    session: 'ends',
    success: empty(204),
    errors: [TenantErrors.lastOwner, AuthErrors.sessionEnded],
  },
  erase: {
    method: 'DELETE',
    path: '/me',
    access: user(fresh),
    summary: 'Erase your account and everything that is kept about you',
    description:
      'At once, in every module, and for good. The rows of the audit trail stay without what they told about you.',
    session: 'ends',
    success: empty(204),
    errors: [TenantErrors.lastOwner, AuthErrors.sessionEnded],
  },
  export: {
    method: 'GET',
    path: '/me/export',
    access: user(fresh),
    summary: 'Get everything that is kept about you',
    success: ok(ExportedData),
    rateLimit: { name: 'personal-data', by: 'user', limit: 10, window: '1h' },
  },
})
