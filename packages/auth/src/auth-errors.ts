import { defineErrors } from '@corbel/core'

export const AuthErrors = defineErrors('auth', {
  emailTaken: {
    status: 409,
    title: 'An account with this e-mail exists.',
    fix: 'Sign in with it, or use another address.',
  },
  invalidCredentials: {
    status: 401,
    title: 'The e-mail or the password is wrong.',
    fix: 'Check both and try again.',
  },
  notAMember: {
    status: 403,
    title: 'You are not a member of this tenant.',
    fix: 'Leave tenantId out to sign in to your own tenant, or ask an owner for an invitation.',
  },
  invalidAccessToken: {
    status: 401,
    title: 'The access token is not valid.',
    fix: 'Refresh it with POST /api/v1/auth/refresh, or sign in again.',
  },
  sessionEnded: {
    status: 401,
    title: 'The session has ended.',
    fix: 'Sign in again.',
  },
  invalidRefreshToken: {
    status: 401,
    title: 'The refresh token is not valid.',
    fix: 'Sign in again. Use each refresh token once and keep the one that comes with the answer.',
  },
  sessionNotFound: {
    status: 404,
    title: 'There is no such session.',
    fix: 'List your sessions with GET /api/v1/auth/sessions.',
  },
  revocationsUnavailable: {
    status: 503,
    title: 'It cannot be told right now whether the session has ended.',
    fix: 'Repeat the request; it is refused rather than answered for a session that may have ended.',
  },
  invalidVerificationToken: {
    status: 400,
    title: 'The verification token is not valid.',
    fix: 'It may have been used, replaced or expired: ask for a new one with POST /api/v1/auth/email/send.',
  },
})
