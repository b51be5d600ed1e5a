import { accepted, anyone, defineContract, empty, json, ok } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { Tokens } from '../sessions/session.ts'
import { SignInChallenge } from '../sign-in/sign-in.ts'
import { signInLimit } from '../throttling/shared-limits.ts'
import { RequestMagicLink, VerifyMagicLink } from './magic-link.ts'

export const magicLinkContract = defineContract('magic-links', '/api/v1/auth/magic-links', {
  request: {
    method: 'POST',
    path: '',
    access: anyone,
    summary: 'Ask for a mail that signs you in, by a link and by a code',
    description:
      'Answers the same whether or not the address has an account. Earlier mails stop working. An address that is not verified gets the mail that verifies it.',
    body: json(RequestMagicLink),
    success: empty(202),
    rateLimit: {
      name: 'magic-links',
      by: 'ip',
      limit: 20,
      window: '1h',
      setting: 'MAGIC_LINK_IP_RATE_LIMIT_PER_HOUR',
    },
    idempotent: false,
  },
  verify: {
    method: 'POST',
    path: '/verify',
    access: anyone,
    summary: 'Sign in with the link or the code of a mail',
    description:
      'The page that the link opens sends the token that stands behind its hash; opening it signs nobody in. 202 asks for a second factor: complete the sign-in with POST /api/v1/auth/mfa/complete.',
    body: json(VerifyMagicLink),
    session: 'opens',
    success: ok(Tokens),
    alternatives: [accepted(SignInChallenge)],
    errors: [
      AuthErrors.invalidMagicLink,
      AuthErrors.tooManyAttempts,
      AuthErrors.accountDisabled,
      AuthErrors.notAMember,
    ],
    rateLimit: signInLimit,
    idempotent: false,
  },
})
