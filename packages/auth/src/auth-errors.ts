import { defineErrors } from '@corbel/core'

export const AuthErrors = defineErrors('auth', {
  emailTaken: {
    status: 409,
    title: 'An account with this e-mail exists.',
    fix: 'Sign in with it, or use another address.',
  },
  inviteRequired: {
    status: 403,
    title: 'Signing up needs an invitation.',
    fix: 'Open the link in the invitation that was mailed to this address; where GET /api/v1/auth/signup-policy says requestAccessEnabled, ask for one with POST /api/v1/auth/request-access.',
  },
  invalidInvite: {
    status: 403,
    title: 'The invitation is not valid.',
    fix: 'It may have been used, revoked or expired, or be for another address: ask whoever sent it for a new one.',
  },
  planUnknown: {
    status: 422,
    title: 'There is no such plan.',
    fix: 'Use the code of a plan from the price list, or leave planCode out and choose one later.',
  },
  emailDomainRefused: {
    status: 403,
    title: 'Addresses of this domain cannot sign up.',
    fix: 'Use an address of the organization that you work for.',
  },
  tooManySignUps: {
    status: 429,
    title: 'Too many people have tried to sign up from there, or with this address or its domain.',
    fix: 'Wait as many seconds as Retry-After says, then repeat the request.',
  },
  accessNotRequested: {
    status: 403,
    title: 'Access cannot be requested here.',
    fix: 'Look at GET /api/v1/auth/signup-policy for how to sign up.',
  },
  signUpRequestNotFound: {
    status: 404,
    title: 'There is no such request.',
    fix: 'List the requests with GET /api/v1/auth/signup-requests.',
  },
  signUpRequestDecided: {
    status: 409,
    title: 'The request was decided before.',
    fix: 'Look at its status with GET /api/v1/auth/signup-requests; to let the applicant in after all, POST /api/v1/auth/invites.',
  },
  addressInvited: {
    status: 409,
    title: 'There is an open invitation for this address.',
    fix: 'Find it with GET /api/v1/auth/invites?status=open&email=…; to send another one, revoke it first.',
  },
  signUpInviteNotFound: {
    status: 404,
    title: 'There is no such open invitation.',
    fix: 'List them with GET /api/v1/auth/invites?status=open.',
  },
  outdatedPolicy: {
    status: 409,
    title: 'This is not the present version of the policy.',
    fix: 'Show the version that detail names, and send the consent to that one.',
  },
  invalidCredentials: {
    status: 401,
    title: 'The e-mail or the password is wrong.',
    fix: 'Check both and try again. After registering, open the link in the mail first; trying to sign in sends another one.',
  },
  weakPassword: {
    status: 422,
    title: 'The password is too easy to guess.',
    fix: 'Take a longer one: a sentence that nobody has written before, or one that a password manager has made.',
  },
  reusedPassword: {
    status: 422,
    title: 'The password was used for this account before.',
    fix: 'Take a new one.',
  },
  breachCheckUnavailable: {
    status: 503,
    title: 'It cannot be told right now whether the password is known from a breach.',
    fix: 'Repeat the request.',
  },
  hashingBusy: {
    status: 503,
    title: 'Too many passwords are being checked right now.',
    fix: 'Repeat the request after the time that Retry-After says.',
  },
  wrongPassword: {
    status: 403,
    title: 'The current password is wrong.',
    fix: 'Type it again, or reset it with POST /api/v1/auth/password/forgot.',
  },
  invalidResetToken: {
    status: 400,
    title: 'The reset token is not valid.',
    fix: 'It may have been used, replaced or expired: ask for a new one with POST /api/v1/auth/password/forgot.',
  },
  accountDisabled: {
    status: 403,
    title: 'This account is disabled.',
    fix: 'Ask whoever runs this service to enable it again.',
  },
  notificationRequired: {
    status: 409,
    title: 'These notifications cannot be switched off.',
    fix: 'Leave them on: they tell you what happens to the security of your account.',
  },
  impersonationRefused: {
    status: 403,
    title: 'Nobody may act in the name of this user.',
    fix: 'Operators, and you yourself, cannot be impersonated. Choose another user.',
  },
  notDisabled: {
    status: 409,
    title: 'This account is not disabled, or was erased.',
    fix: 'There is nothing to do for an account that is open; one that was erased stays so.',
  },
  alreadyDisabled: {
    status: 409,
    title: 'This account is disabled already.',
    fix: 'There is nothing to do.',
  },
  userNotFound: {
    status: 404,
    title: 'There is no such user.',
    fix: 'Check the id.',
  },
  tooManyAttempts: {
    status: 429,
    title: 'Too many attempts have failed.',
    fix: 'Wait as long as Retry-After says, or reset the password with POST /api/v1/auth/password/forgot.',
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
  invalidChallenge: {
    status: 401,
    title: 'The sign-in cannot be completed with this challenge.',
    fix: 'It may have expired, been used, tried too often or been given to another client: sign in again with POST /api/v1/auth/token.',
  },
  invalidFactor: {
    status: 401,
    title: 'The code or the password is wrong, or was used before.',
    fix: 'Wait for the next code of the authenticator app, and check the clock of its device.',
  },
  secondFactorNeeded: {
    status: 401,
    title: 'This needs a session of two factors.',
    fix: 'Authenticate with the enrolled factor, POST /api/v1/auth/step-up, then repeat the request with the new token.',
  },
  invalidPasskey: {
    status: 401,
    title: 'The passkey does not sign you in.',
    fix: 'Ask for new options, for a challenge works once and for five minutes, on a page of APP_PUBLIC_URL; if the passkey was removed, sign in another way.',
  },
  passkeyRefused: {
    status: 400,
    title: 'The passkey cannot be registered.',
    fix: 'Ask for new options, for a challenge works once and for five minutes, on a page of APP_PUBLIC_URL, and let the authenticator verify you.',
  },
  passkeyTaken: {
    status: 409,
    title: 'The passkey is registered already.',
    fix: 'Sign in with it, or use another authenticator.',
  },
  invalidMagicLink: {
    status: 401,
    title: 'The link or the code does not sign you in.',
    fix: 'It may have been used, replaced, expired or asked for by another client: ask for a new one with POST /api/v1/auth/magic-links.',
  },
  factorEnrolled: {
    status: 409,
    title: 'A second factor is enrolled.',
    fix: 'Complete the sign-in with it, POST /api/v1/auth/mfa/complete, and enrol others afterwards.',
  },
  factorNotFound: {
    status: 404,
    title: 'There is no such factor.',
    fix: 'List your factors with GET /api/v1/auth/mfa.',
  },
  noFactors: {
    status: 409,
    title: 'No second factor is enrolled.',
    fix: 'Enrol one with POST /api/v1/auth/mfa/totp/enroll; recovery codes come with the first one.',
  },
  tooManyFactors: {
    status: 409,
    title: 'No further factor can be enrolled.',
    fix: 'Remove one with DELETE /api/v1/auth/mfa/{id} first.',
  },
  factorRequired: {
    status: 409,
    title: 'A tenant of yours asks for a second factor, and this is the last one.',
    fix: 'Enrol another one first, then remove this one.',
  },
  mfaOff: {
    status: 403,
    title: 'This tenant has switched second factors off.',
    fix: 'Ask an owner or admin of the tenant to change its policy.',
  },
  keysRotatedElsewhere: {
    status: 409,
    title: 'The signing keys of this key vault are not replaced here.',
    fix: 'Rotate the key where the vault keeps it, such as: vault write -f transit/keys/<name>/rotate',
  },
  notYourTrail: {
    status: 403,
    title: 'Only operators of the platform may read what happened to no tenant.',
    fix: 'Leave trail out to read the audit trail of your own tenant.',
  },
  invalidVerificationToken: {
    status: 400,
    title: 'The verification token is not valid.',
    fix: 'It may have been used, replaced or expired: ask for a new one with POST /api/v1/auth/email/send.',
  },
  invalidApiKey: {
    status: 401,
    title: 'The API key is not valid.',
    fix: 'Compare it with the one that was shown when it was created; if it has ended, create another with POST /api/v1/auth/api-keys.',
  },
  apiKeyNotFound: {
    status: 404,
    title: 'There is no such key.',
    fix: 'List the keys that work with GET /api/v1/auth/api-keys, or GET /api/v1/auth/service-accounts/tokens.',
  },
  scopeNotYours: {
    status: 403,
    title: 'You cannot give away a permission that you do not have.',
    fix: 'Leave out the scopes that detail names; GET /api/v1/auth/me lists yours.',
  },
  serviceAccountNotFound: {
    status: 404,
    title: 'There is no such service account.',
    fix: 'List them with GET /api/v1/auth/service-accounts.',
  },
  serviceAccountNameTaken: {
    status: 409,
    title: 'A service account with this name exists.',
    fix: 'Choose another name, or end that account first.',
  },
  invalidPublicKey: {
    status: 400,
    title: 'The public key is not a point of its curve.',
    fix: 'Send the public half of an Ed25519 or P-256 key as JWK.',
  },
  unknownAccount: {
    status: 404,
    title: 'The host declares no service account of this name, or there is no such tenant.',
    fix: 'List the declared accounts with GET /api/v1/auth/service-accounts.',
  },
  accountScopes: {
    status: 403,
    title: 'The service account is not declared with all of these scopes.',
    fix: 'Leave scopes out to get all that it is declared with, or name some of them.',
  },
  accountLifetime: {
    status: 400,
    title: 'The service account is declared with a shorter lifetime.',
    fix: 'Leave lifetimeMinutes out, or ask for no more than GET /api/v1/auth/service-accounts says.',
  },
  accountTenancy: {
    status: 403,
    title: 'You cannot have this credential issued.',
    fix: 'Global accounts, and tenants other than your own, are for operators of the platform and for signed requests.',
  },
  accountRateLimited: {
    status: 429,
    title: 'Too many credentials were issued for this service account.',
    fix: 'Wait as many seconds as Retry-After says, and keep a credential until it ends.',
  },
  invalidCredentialRequest: {
    status: 401,
    title: 'The signed request is not valid.',
    fix: 'Sign a JWT of type credential-request+jwt with aud as the issuer of this service, exp at most 5 minutes after iat, and a jti of its own.',
  },
  credentialRequestUsed: {
    status: 409,
    title: 'The signed request was used before.',
    fix: 'Sign another one with a new jti.',
  },
  unsignedCredentialRequest: {
    status: 401,
    title: 'The request is not signed.',
    fix: 'Send { "signedRequest": "<JWT>" }. Unsigned requests are taken in the profile local only.',
  },
  ssoConnectionNotFound: {
    status: 404,
    title: 'There is no such connection to an identity provider.',
    fix: 'List those of your tenant with GET /api/v1/auth/sso/connections, those to sign in with by GET /api/v1/auth/sso/providers.',
  },
  ssoConnectionStale: {
    status: 412,
    title: 'The connection has changed since you read it.',
    fix: 'Read it again, apply your change and send it with the new ETag in If-Match.',
  },
  ssoPlatformOnly: {
    status: 403,
    title: 'Connections of the platform are for its operators.',
    fix: 'Leave owner out to work with those of your tenant.',
  },
  ssoProvisioning: {
    status: 422,
    title: 'A connection of the platform gives nobody an account or a membership.',
    fix: 'Set provisioning to disabled, or connect a tenant.',
  },
  ssoClientSecret: {
    status: 422,
    title: 'The client secret and the way to authenticate do not go together.',
    fix: 'Set tokenAuthMethod to none without a clientSecret, and to another one with it.',
  },
  ssoIssuerRefused: {
    status: 422,
    title: 'The issuer is not one that can be worked with.',
    fix: 'Give the issuer as its /.well-known/openid-configuration has it, at an https address that everybody can reach.',
  },
  ssoUnavailable: {
    status: 503,
    title: 'The identity provider does not answer.',
    fix: 'Begin again later, or sign in another way.',
  },
  ssoRefused: {
    status: 401,
    title: 'The identity provider has not confirmed who you are.',
    fix: 'Begin again with POST /api/v1/auth/sso/{provider}/start.',
  },
  invalidSsoState: {
    status: 400,
    title: 'This sign-in was not begun here, or is over.',
    fix: 'It works once, within ten minutes, in the browser that began it. Begin again with POST /api/v1/auth/sso/{provider}/start.',
  },
  ssoNotLinked: {
    status: 403,
    title: 'This identity belongs to no account here.',
    fix: 'Sign in another way and link it with POST /api/v1/auth/sso/{provider}/link, or ask an owner of your tenant.',
  },
  identityTaken: {
    status: 409,
    title: 'This identity is linked to an account already.',
    fix: 'Sign in with it and unlink it there first.',
  },
  identityNotFound: {
    status: 404,
    title: 'You have no such identity.',
    fix: 'List yours with GET /api/v1/auth/sso/identities.',
  },
  ssoDomainNotFound: {
    status: 404,
    title: 'Your tenant has not proved this domain.',
    fix: 'List those that it has with GET /api/v1/auth/sso/domains.',
  },
  domainCheckUnavailable: {
    status: 503,
    title: 'It cannot be told right now which records the domain has.',
    fix: 'Repeat the request.',
  },
})
