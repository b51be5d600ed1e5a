import { choice, defineSettings, flag, integer, listOf, opaque } from '@corbel/core'
import { policyVersion } from './consents/policy-version.ts'
import { domainName } from './sign-up/email-domain.ts'
import { pepperRing, withPepper } from './tokens/pepper-ring.ts'

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
  cookieMode: {
    env: 'AUTH_COOKIE_MODE',
    section: 'auth',
    summary:
      'Whether pages of APP_PUBLIC_URL may keep their session in a cookie that no script can read, beside access tokens for everybody else.',
    schema: flag(),
    default: false,
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
    summary:
      'Whether nobody signs in, and nothing that needs a permission is open, until the e-mail address is verified. Without it, signing in tells whether an address had an account when it was registered.',
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
      'Keys every password before it is hashed, and the digests of recovery codes. To change it, put the new one in front: "v2:<new>,v1:<old>".',
    schema: pepperRing(),
    rotated: withPepper,
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
  apiKeyPepper: {
    env: 'AUTH_API_KEY_PEPPER',
    section: 'secrets',
    summary:
      'Keys the digests of API keys and of client secrets, all of which end when it changes. Absent: AUTH_REFRESH_TOKEN_PEPPER.',
    schema: opaque('a secret'),
    secret: true,
    fix: makeSecret,
  },
  credentialRequestSecret: {
    env: 'AUTH_CREDENTIAL_REQUEST_SECRET',
    section: 'secrets',
    summary:
      'Signs requests for credentials of declared service accounts (HS256). Absent: only the key vault can sign them.',
    schema: opaque('a secret'),
    secret: true,
    fix: makeSecret,
  },
  passwordResetTokenPepper: {
    env: 'AUTH_PASSWORD_RESET_TOKEN_PEPPER',
    section: 'secrets',
    summary: 'Keys the tokens in reset mails. Changing it makes the mails that are under way useless.',
    schema: opaque('a secret'),
    secret: true,
    required: ['local', 'staging', 'production'],
    fix: makeSecret,
  },
  emailVerificationTokenPepper: {
    env: 'AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER',
    section: 'secrets',
    summary:
      'Keys the tokens in verification mails and in mails that sign in, and of invitations to sign up. Changing it makes those that are under way useless.',
    schema: opaque('a secret'),
    secret: true,
    required: ['local', 'staging', 'production'],
    fix: makeSecret,
  },
  signUpPolicy: {
    env: 'SIGNUP_ACCESS_POLICY',
    section: 'sign-up',
    summary:
      'Who may sign up: public (anybody), invite_only, approval (invited after an operator approved a request), domain (addresses of SIGNUP_ALLOWED_DOMAINS; nobody signs in before the address is verified). An invitation always does.',
    schema: choice(['public', 'invite_only', 'approval', 'domain']),
    default: { local: 'public', staging: 'invite_only', production: 'invite_only' },
  },
  signUpDomains: {
    env: 'SIGNUP_ALLOWED_DOMAINS',
    section: 'sign-up',
    summary: 'Domains whose addresses may sign up without an invitation; their subdomains are not meant.',
    schema: listOf('domains such as example.com', domainName),
    default: [],
    when: { env: 'SIGNUP_ACCESS_POLICY', equals: 'domain' },
    example: 'example.com,example.org',
  },
  deniedDomains: {
    env: 'SIGNUP_DENIED_DOMAINS',
    section: 'sign-up',
    summary:
      'Domains, with all their subdomains, whose addresses cannot sign up or be invited, such as those of disposable mailboxes.',
    schema: listOf('domains such as example.com', domainName),
    default: [],
    example: 'mailinator.com',
  },
  signUpsPerDay: {
    env: 'SIGNUP_RATE_LIMIT_PER_IP_DAY',
    section: 'sign-up',
    summary: 'Registrations and requests to be let in per day from one IP address; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: { local: 10_000, staging: 100, production: 100 },
  },
  signUpsPerEmail: {
    env: 'SIGNUP_RATE_LIMIT_PER_EMAIL_DAY',
    section: 'sign-up',
    summary:
      'Registrations, and as many requests to be let in, per day with one address; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: { local: 10_000, staging: 3, production: 3 },
  },
  signUpsPerDomain: {
    env: 'SIGNUP_RATE_LIMIT_PER_DOMAIN_DAY',
    section: 'sign-up',
    summary:
      'Registrations, and as many requests to be let in, per day with addresses of one domain; 0 means any number. Where people come with addresses of a large mail provider it must be more than come in a day.',
    schema: integer({ max: 1_000_000 }),
    default: { local: 10_000, staging: 1000, production: 1000 },
  },
  pendingRequests: {
    env: 'SIGNUP_CONCURRENT_REQUESTS_LIMIT',
    section: 'sign-up',
    summary:
      'Requests to be let in from one IP address that may wait for a decision; further ones are dropped. 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: 3,
  },
  inviteHours: {
    env: 'SIGNUP_INVITE_TTL_HOURS',
    section: 'sign-up',
    summary: 'Hours for which an invitation to sign up works, unless it says otherwise.',
    schema: integer({ min: 1, max: 336 }),
    default: 72,
  },
  termsVersion: {
    env: 'TERMS_VERSION',
    section: 'sign-up',
    summary: 'Version of the terms of service that is in force. Everybody is asked to accept a new one.',
    schema: policyVersion(),
    default: '1',
    example: '2026-03',
  },
  privacyVersion: {
    env: 'PRIVACY_VERSION',
    section: 'sign-up',
    summary: 'Version of the privacy policy that is in force. Everybody is asked to accept a new one.',
    schema: policyVersion(),
    default: '1',
    example: '2026-03',
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
  mfaChallengeMinutes: {
    env: 'MFA_CHALLENGE_TTL_MINUTES',
    section: 'auth',
    summary: 'Minutes within which a sign-in that needs a second factor must be completed.',
    schema: integer({ min: 1, max: 10 }),
    default: 5,
  },
  passwordResetTokenMinutes: {
    env: 'PASSWORD_RESET_TOKEN_TTL_MINUTES',
    section: 'auth',
    summary: 'Minutes for which the link in a reset mail works.',
    schema: integer({ min: 1, max: 1440 }),
    default: 30,
  },
  passwordResetMailsPerHour: {
    env: 'PASSWORD_RESET_EMAIL_RATE_LIMIT_PER_HOUR',
    section: 'auth',
    summary: 'Reset mails per hour to one address; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: 5,
  },
  passwordResetsPerHour: {
    env: 'PASSWORD_RESET_IP_RATE_LIMIT_PER_HOUR',
    section: 'auth',
    summary: 'Requests for reset mails per hour from one IP address; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: { local: 10_000, staging: 20, production: 20 },
  },
  magicLinkMinutes: {
    env: 'MAGIC_LINK_TTL_MINUTES',
    section: 'auth',
    summary:
      'Minutes for which the link and the code of a mail that signs in work (OWASP ASVS 6.5.5: at most 10).',
    schema: integer({ min: 1, max: 10 }),
    default: 10,
  },
  magicLinkMailsPerHour: {
    env: 'MAGIC_LINK_EMAIL_RATE_LIMIT_PER_HOUR',
    section: 'auth',
    summary: 'Mails per hour to one address that sign in; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: 5,
  },
  magicLinksPerHour: {
    env: 'MAGIC_LINK_IP_RATE_LIMIT_PER_HOUR',
    section: 'auth',
    summary: 'Requests per hour from one IP address for mails that sign in; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: { local: 10_000, staging: 20, production: 20 },
  },
  passwordHistory: {
    env: 'AUTH_PASSWORD_HISTORY_COUNT',
    section: 'auth',
    summary:
      'Passwords of an account, the present one included, that a new one must differ from; 0 means none.',
    schema: integer({ max: 24 }),
    default: 5,
  },
  breachCheckOnFailure: {
    env: 'AUTH_BREACH_CHECK_ON_FAILURE',
    section: 'auth',
    summary:
      'What becomes of a new password while the breach check of the host does not answer: refuse or accept.',
    schema: choice(['refuse', 'accept']),
    default: 'refuse',
  },
  hashingConcurrency: {
    env: 'AUTH_HASHING_CONCURRENCY',
    section: 'auth',
    summary:
      'Passwords that this process hashes at a time; 0 means one for each core but one, and three at most. More than three need a larger UV_THREADPOOL_SIZE as well.',
    schema: integer({ max: 256 }),
    default: 0,
  },
  hashingQueue: {
    env: 'AUTH_HASHING_QUEUE',
    section: 'auth',
    summary: 'Passwords that may wait to be hashed; a request beyond that is answered 503.',
    schema: integer({ min: 1, max: 100_000 }),
    default: 256,
  },
  lockoutThreshold: {
    env: 'AUTH_LOCKOUT_THRESHOLD',
    section: 'auth',
    summary:
      'Failures at one account after which strangers to it are locked out; each device that has signed in before has its own count.',
    schema: integer({ min: 1, max: 50 }),
    default: 5,
  },
  lockoutWindowMinutes: {
    env: 'AUTH_LOCKOUT_WINDOW_MINUTES',
    section: 'auth',
    summary: 'Minutes within which failures at one account count together.',
    schema: integer({ min: 1, max: 1440 }),
    default: 60,
  },
  lockoutDurationMinutes: {
    env: 'AUTH_LOCKOUT_DURATION_MINUTES',
    section: 'auth',
    summary: 'Minutes for which an account stays locked.',
    schema: integer({ min: 1, max: 1440 }),
    default: 60,
  },
  ipLockoutThreshold: {
    env: 'AUTH_IP_LOCKOUT_THRESHOLD',
    section: 'auth',
    summary: 'Failures from one network (IPv4 by /24, IPv6 by /48) after which it is locked out.',
    schema: integer({ min: 1, max: 1000 }),
    default: 50,
  },
  ipLockoutWindowMinutes: {
    env: 'AUTH_IP_LOCKOUT_WINDOW_MINUTES',
    section: 'auth',
    summary: 'Minutes within which failures from one network count together.',
    schema: integer({ min: 1, max: 1440 }),
    default: 10,
  },
  ipLockoutDurationMinutes: {
    env: 'AUTH_IP_LOCKOUT_DURATION_MINUTES',
    section: 'auth',
    summary: 'Minutes for which a network stays locked out.',
    schema: integer({ min: 1, max: 1440 }),
    default: 10,
  },
  consecutiveFailures: {
    env: 'AUTH_MAX_CONSECUTIVE_FAILURES',
    section: 'auth',
    summary:
      'Failures in a row after which an account accepts nothing until its password is reset by mail (NIST SP 800-63B: at most 100).',
    schema: integer({ min: 10, max: 100 }),
    default: 100,
  },
  accountAttemptsPerMinute: {
    env: 'AUTH_ACCOUNT_RATE_LIMIT_PER_MINUTE',
    section: 'auth',
    summary:
      'Attempts per minute at one account, by strangers together and by each known device; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: { local: 1000, staging: 10, production: 10 },
  },
  networkAttemptsPerMinute: {
    env: 'AUTH_NETWORK_RATE_LIMIT_PER_MINUTE',
    section: 'auth',
    summary: 'Attempts per minute of strangers from one network; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: { local: 10_000, staging: 300, production: 300 },
  },
  tenantAttemptsPerMinute: {
    env: 'AUTH_TENANT_RATE_LIMIT_PER_MINUTE',
    section: 'auth',
    summary: 'Attempts per minute of strangers at one tenant that they name; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: { local: 10_000, staging: 600, production: 600 },
  },
  mfaVerificationsPerHour: {
    env: 'MFA_VERIFY_RATE_LIMIT_PER_HOUR',
    section: 'auth',
    summary: 'Codes per hour with which one user may try to confirm a second factor; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: 10,
  },
  auditRetentionDays: {
    env: 'AUDIT_RETENTION_DAYS',
    section: 'auth',
    summary: 'Days for which the rows of the audit trail are kept; 0 keeps them for ever.',
    schema: integer({ max: 36_500 }),
    default: 400,
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
      'Seconds after which an instance asks again which sessions were ended elsewhere. A revocation is seen after three times that at the latest. 0 asks with every request, by one indexed read: then it is seen at once.',
    schema: integer({ max: 60 }),
    default: 2,
  },
  ssoStateMinutes: {
    env: 'SSO_STATE_TTL_MINUTES',
    section: 'auth',
    summary: 'Minutes within which a sign-in with an identity provider must be completed.',
    schema: integer({ min: 1, max: 10 }),
    default: 10,
  },
  ssoStartsPerMinute: {
    env: 'SSO_START_RATE_LIMIT_PER_MINUTE',
    section: 'auth',
    summary: 'Sign-ins with an identity provider begun per minute from one IP address; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: { local: 1000, staging: 30, production: 30 },
  },
  ssoCallbacksPerMinute: {
    env: 'SSO_CALLBACK_RATE_LIMIT_PER_MINUTE',
    section: 'auth',
    summary:
      'Sign-ins with an identity provider completed per minute from one IP address; 0 means any number.',
    schema: integer({ max: 1_000_000 }),
    default: { local: 1000, staging: 30, production: 30 },
  },
})
