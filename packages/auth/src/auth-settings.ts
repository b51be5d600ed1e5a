import { defineSettings, flag, integer, listOf, opaque } from '@corbel/core'
import { pepperRing } from './tokens/pepper-ring.ts'

const makeSecret = 'Make one and keep it: openssl rand -base64 32'

export const AuthSettings = defineSettings({
  audience: {
    env: 'AUTH_AUDIENCE',
    section: 'auth',
    summary:
      'Resources that access tokens are for; a token for any of them is accepted here. Absent: the public address.',
    schema: listOf('resource identifiers', (item) => (/^[\x21-\x7e]{1,255}$/.test(item) ? item : undefined)),
    default: [],
    example: 'https://api.example.com',
  },
  accessTokenMinutes: {
    env: 'ACCESS_TOKEN_EXPIRE_MINUTES',
    section: 'auth',
    summary: 'Lifetime of an access token in minutes.',
    schema: integer({ min: 1, max: 60 }),
    default: 15,
  },
  refreshTokenMinutes: {
    env: 'AUTH_REFRESH_TOKEN_TTL_MINUTES',
    section: 'auth',
    summary: 'Minutes after which a refresh token that was not used ends.',
    schema: integer({ min: 1, max: 525_600 }),
    default: 43_200,
  },
  sessionMaxDays: {
    env: 'AUTH_SESSION_MAX_DAYS',
    section: 'auth',
    summary: 'Days after which a session ends, however often it is refreshed.',
    schema: integer({ min: 1, max: 3650 }),
    default: 90,
  },
  requireEmailVerification: {
    env: 'REQUIRE_EMAIL_VERIFICATION',
    section: 'sign-up',
    summary: 'Whether everything that needs a permission is closed until the e-mail address is verified.',
    schema: flag(),
    default: { local: false, staging: true, production: true },
  },
  emailVerificationTokenMinutes: {
    env: 'EMAIL_VERIFICATION_TOKEN_TTL_MINUTES',
    section: 'sign-up',
    summary: 'Minutes for which the link in a verification mail works.',
    schema: integer({ min: 1, max: 10_080 }),
    default: 60,
  },
  passwordPepper: {
    env: 'AUTH_PASSWORD_PEPPER',
    section: 'secrets',
    summary:
      'Keys every password before it is hashed. To change it, put the new one in front: "v2:<new>,v1:<old>".',
    schema: pepperRing(),
    secret: true,
    required: ['local', 'staging', 'production'],
    fix: makeSecret,
  },
  refreshTokenPepper: {
    env: 'AUTH_REFRESH_TOKEN_PEPPER',
    section: 'secrets',
    summary: 'Keys the digests of refresh tokens. Changing it signs everybody out.',
    schema: opaque('a secret'),
    secret: true,
    required: ['local', 'staging', 'production'],
    fix: makeSecret,
  },
  emailVerificationTokenPepper: {
    env: 'AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER',
    section: 'secrets',
    summary: 'Keys the tokens in verification mails. Changing it makes the mails that are under way useless.',
    schema: opaque('a secret'),
    secret: true,
    required: ['local', 'staging', 'production'],
    fix: makeSecret,
  },
  signUpsPerHour: {
    env: 'SIGNUP_RATE_LIMIT_PER_HOUR',
    section: 'sign-up',
    summary: 'Registrations per hour from one IP address; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: { local: 10_000, staging: 20, production: 20 },
  },
  signInsPerMinute: {
    env: 'AUTH_SIGN_IN_RATE_LIMIT_PER_MINUTE',
    section: 'auth',
    summary: 'Attempts to sign in per minute from one IP address; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: { local: 1000, staging: 30, production: 30 },
  },
  jwksMaxAgeSeconds: {
    env: 'AUTH_JWKS_MAX_AGE_SECONDS',
    section: 'auth',
    summary: 'Seconds for which others may keep the public signing keys.',
    schema: integer({ max: 86_400 }),
    default: 300,
  },
  revocationPollSeconds: {
    env: 'AUTH_REVOCATION_POLL_SECONDS',
    section: 'auth',
    summary:
      'Seconds after which an instance asks again which sessions were ended elsewhere. A revocation is seen after three times that at the latest.',
    schema: integer({ min: 1, max: 60 }),
    default: 2,
  },
})
