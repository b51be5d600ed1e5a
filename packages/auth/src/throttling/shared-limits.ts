import type { RateLimit } from '@corbel/core'

// Declared where more than one endpoint draws on the same budget: whoever guesses gets no more by trying another door.

export const signInLimit = {
  name: 'sign-in',
  by: 'ip',
  limit: 30,
  window: '1m',
  setting: 'AUTH_SIGN_IN_RATE_LIMIT_PER_MINUTE',
} as const satisfies RateLimit

export const mfaCompleteLimit = {
  name: 'mfa-complete',
  by: 'ip',
  limit: 60,
  window: '1m',
} as const satisfies RateLimit

export const mfaEnrollLimit = {
  name: 'mfa-enroll',
  by: 'user',
  limit: 20,
  window: '1h',
} as const satisfies RateLimit

export const mfaVerifyLimit = {
  name: 'mfa-verify',
  by: 'user',
  limit: 10,
  window: '1h',
  setting: 'MFA_VERIFY_RATE_LIMIT_PER_HOUR',
} as const satisfies RateLimit

export const ssoLinkLimit = {
  name: 'sso-link',
  by: 'user',
  limit: 20,
  window: '1h',
} as const satisfies RateLimit
