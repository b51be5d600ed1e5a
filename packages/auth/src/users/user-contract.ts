import { defineContract, ok, user } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { Me } from './user.ts'

export const userContract = defineContract('users', '/api/v1/auth', {
  me: {
    method: 'GET',
    path: '/me',
    access: user(),
    summary: 'Show who you are and what your access token allows',
    description: 'The role and the address are those of now; the scopes are those of the access token.',
    success: ok(Me),
    errors: [AuthErrors.sessionEnded],
  },
})
