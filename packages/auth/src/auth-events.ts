import { defineEvents, idSchema } from '@corbel/core'
import * as z from 'zod'
import { ConsentPolicy } from './consents/consent.ts'
import { FactorKind } from './factors/factor-kind.ts'
import { MfaPolicy } from './factors/mfa-policy.ts'

const userId = idSchema('usr')
const sessionId = idSchema('ses')
const inviteId = idSchema('sui')
const requestId = idSchema('sur')
const connectionId = idSchema('sso')
const identityId = idSchema('idn')

export const AuthEvents = defineEvents({
  userRegistered: {
    type: 'auth.user.registered',
    summary: 'Somebody created an account and its tenant.',
    payload: z.object({ userId, planCode: z.string().optional(), inviteId: inviteId.optional() }),
    audit: { subject: 'userId' },
  },
  userJoined: {
    type: 'auth.user.joined',
    summary: 'Somebody created an account by accepting an invitation to a team.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
  },
  userImpersonated: {
    type: 'auth.user.impersonated',
    summary: 'An operator began to act in the name of a user.',
    payload: z.object({ userId, operatorId: userId, sessionId, reason: z.string() }),
    audit: { subject: 'userId' },
  },
  profileChanged: {
    type: 'auth.user.profile_changed',
    summary: 'A user changed what they say about themselves.',
    payload: z.object({ userId, fields: z.array(z.string()) }),
    audit: { subject: 'userId' },
  },
  userDisabled: {
    type: 'auth.user.disabled',
    summary: 'A user, or an operator for a reason, closed an account to everybody; its sessions were ended.',
    payload: z.object({ userId, by: z.enum(['user', 'operator']), reason: z.string().nullable() }),
    audit: { subject: 'userId' },
  },
  userEnabled: {
    type: 'auth.user.enabled',
    summary: 'An operator opened a disabled account again.',
    payload: z.object({ userId, reason: z.string() }),
    audit: { subject: 'userId' },
  },
  userUnlocked: {
    type: 'auth.user.unlocked',
    summary: 'An operator ended the lock of an account.',
    payload: z.object({ userId, reason: z.string() }),
    audit: { subject: 'userId' },
  },
  userErased: {
    type: 'auth.user.erased',
    summary: 'A user had everything about them forgotten.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
  },
  personalDataExported: {
    type: 'auth.user.exported',
    summary: 'A user was given everything that is kept about them.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
  },
  emailChangeRequested: {
    type: 'auth.email_change.requested',
    summary: 'A user asked for another address; it counts once somebody has proved to read its mail.',
    payload: z.object({ userId, changeId: idSchema('emc') }),
    audit: { subject: 'userId' },
  },
  emailChanged: {
    type: 'auth.email_change.completed',
    summary: 'The address of a user was replaced by one that they have proved; their sessions were ended.',
    payload: z.object({ userId, changeId: idSchema('emc') }),
    audit: { subject: 'userId' },
  },
  notificationPreferenceChanged: {
    type: 'auth.notification_preference.changed',
    summary: 'A user chose whether to be told something.',
    payload: z.object({ userId, channel: z.string(), category: z.string(), enabled: z.boolean() }),
    audit: { subject: 'userId' },
  },
  registrationRepeated: {
    type: 'auth.registration.repeated',
    summary: 'Somebody tried to register an e-mail address that has an account.',
    payload: z.object({ userId, inviteId: inviteId.optional() }),
    audit: { subject: 'userId', outcome: 'failure' },
  },
  signUpRefused: {
    type: 'auth.sign_up.refused',
    summary: 'Somebody tried to sign up, or asked for it, and was refused.',
    payload: z.object({
      reason: z.enum(['invite_required', 'invalid_invite', 'email_domain', 'quota', 'honeypot']),
    }),
    audit: { outcome: 'failure' },
  },
  reservedAddressTried: {
    type: 'auth.sign_up_invite.bypassed',
    summary: 'Somebody registered an invited address without its invitation, which is mailed again.',
    payload: z.object({ inviteId }),
    audit: { subject: 'inviteId', outcome: 'failure' },
  },
  signUpInviteCreated: {
    type: 'auth.sign_up_invite.created',
    summary: 'An operator created an invitation to sign up; one for an address is mailed there.',
    payload: z.object({ inviteId }),
    audit: { subject: 'inviteId' },
  },
  signUpInviteRevoked: {
    type: 'auth.sign_up_invite.revoked',
    summary: 'An operator ended an invitation to sign up.',
    payload: z.object({ inviteId }),
    audit: { subject: 'inviteId' },
  },
  accessRequested: {
    type: 'auth.sign_up_request.created',
    summary:
      'Somebody asked to be let in. With a user: for an address that has an account, so nothing is there to decide.',
    payload: z.object({ requestId, userId: userId.optional() }),
    audit: { subject: 'requestId' },
  },
  signUpRequestApproved: {
    type: 'auth.sign_up_request.approved',
    summary: 'An operator let somebody in, who is mailed an invitation.',
    payload: z.object({ requestId, inviteId }),
    audit: { subject: 'requestId' },
  },
  signUpRequestRejected: {
    type: 'auth.sign_up_request.rejected',
    summary: 'An operator turned a request to be let in down.',
    payload: z.object({ requestId }),
    audit: { subject: 'requestId' },
  },
  consentGiven: {
    type: 'auth.consent.given',
    summary: 'A user accepted a version of a policy.',
    payload: z.object({ userId, policy: ConsentPolicy, version: z.string() }),
    audit: { subject: 'userId' },
  },
  operatorCreated: {
    type: 'auth.operator.created',
    summary: 'The host created an operator of the platform.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
  },
  passwordResetRequested: {
    type: 'auth.password_reset.requested',
    summary:
      'Somebody asked for a mail that resets a password. Without a user: for an address that has no account.',
    payload: z.object({ userId: userId.optional() }),
    audit: { subject: 'userId' },
  },
  passwordChanged: {
    type: 'auth.password.changed',
    summary: 'A user set a new password, knowing the old one or by a mail; their sessions were ended.',
    payload: z.object({ userId, by: z.enum(['user', 'mail']) }),
    audit: { subject: 'userId' },
  },
  passwordDisabled: {
    type: 'auth.password.disabled',
    summary:
      'The password of a user was made useless, by an operator or because a stranger had registered the address, and a mail goes out that resets it.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
  },
  userImported: {
    type: 'auth.user.imported',
    summary: 'The host brought a user from another system.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
  },
  accountLocked: {
    type: 'auth.account.locked',
    summary:
      'Strangers, or one known device, failed so often that their next attempts are refused for a while.',
    payload: z.object({ userId }),
    audit: { subject: 'userId', outcome: 'failure' },
  },
  attemptsExhausted: {
    type: 'auth.account.attempts_exhausted',
    summary: 'So many attempts in a row failed that none is accepted until the password is reset by mail.',
    payload: z.object({ userId }),
    audit: { subject: 'userId', outcome: 'failure' },
  },
  signInRefused: {
    type: 'auth.sign_in.refused',
    summary: 'Somebody failed to sign in. Without a user when there is no such account.',
    payload: z.object({ userId: userId.optional(), reason: z.string() }),
    audit: { subject: 'userId', outcome: 'failure' },
  },
  refreshRefused: {
    type: 'auth.refresh.refused',
    summary: 'A refresh token was presented that is unknown, expired or of a session that has ended.',
    payload: z.object({}),
    audit: { outcome: 'failure' },
  },
  signingKeyPublished: {
    type: 'auth.signing_key.published',
    summary: 'A new signing key is shown; nothing is signed with it yet.',
    payload: z.object({ kid: z.string() }),
    audit: { subject: 'kid' },
  },
  signingKeyActivated: {
    type: 'auth.signing_key.activated',
    summary: 'Access tokens are signed with another key from now on.',
    payload: z.object({ kid: z.string() }),
    audit: { subject: 'kid' },
  },
  signingKeyRemoved: {
    type: 'auth.signing_key.removed',
    summary: 'Nothing that a signing key has signed is accepted any more.',
    payload: z.object({ kid: z.string(), compromised: z.boolean() }),
    audit: { subject: 'kid' },
  },
  accessDenied: {
    type: 'auth.access.denied',
    summary: 'A known caller asked for what they have no right to.',
    payload: z.object({ endpoint: z.string(), code: z.string() }),
    audit: { outcome: 'denied' },
  },
  sessionOpened: {
    type: 'auth.session.opened',
    summary: 'A user signed in.',
    payload: z.object({ userId, sessionId }),
    audit: { subject: 'userId' },
  },
  sessionElevated: {
    type: 'auth.session.elevated',
    summary: 'A user authenticated again within a session.',
    payload: z.object({ userId, sessionId }),
    audit: { subject: 'userId' },
  },
  sessionRevoked: {
    type: 'auth.session.revoked',
    summary: 'A user signed out, or ended one of their sessions.',
    payload: z.object({ userId, sessionId }),
    audit: { subject: 'userId' },
  },
  memberSessionRevoked: {
    type: 'auth.session.membership_changed',
    summary:
      'A session of a user ended, for their role in its tenant was changed or they were removed from it.',
    payload: z.object({ userId, sessionId }),
    audit: { subject: 'userId' },
  },
  sessionsRevoked: {
    type: 'auth.session.all_revoked',
    summary: 'A user ended all of their sessions.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
  },
  refreshReused: {
    type: 'auth.session.reuse_detected',
    summary: 'A refresh token was presented again after it had been replaced, so its session was ended.',
    payload: z.object({ userId, sessionId }),
    audit: { subject: 'userId', outcome: 'failure' },
  },
  factorEnrolled: {
    type: 'auth.factor.enrolled',
    summary: 'A user confirmed a second factor.',
    payload: z.object({ userId, factorId: idSchema('aut'), kind: FactorKind }),
    audit: { subject: 'userId' },
  },
  factorRefused: {
    type: 'auth.factor.refused',
    summary: 'Somebody presented a second factor, or the password within a session, that was wrong.',
    payload: z.object({ userId }),
    audit: { subject: 'userId', outcome: 'failure' },
  },
  factorRemoved: {
    type: 'auth.factor.removed',
    summary: 'A user removed a second factor.',
    payload: z.object({ userId, factorId: idSchema('aut'), kind: FactorKind }),
    audit: { subject: 'userId' },
  },
  passkeyCopySuspected: {
    type: 'auth.passkey.copy_suspected',
    summary:
      'A passkey signed with a counter that was not greater than before, as a copy of it would (WebAuthn Level 3 §6.1.1); it was refused.',
    payload: z.object({ userId, factorId: idSchema('aut') }),
    audit: { subject: 'userId', outcome: 'failure' },
  },
  magicLinkRequested: {
    type: 'auth.magic_link.requested',
    summary:
      'Somebody asked for a mail that signs in. Without a user: for an address that has no account. With a code challenge, only who has its verifier can use it.',
    payload: z.object({ userId: userId.optional(), codeChallenge: z.string().optional() }),
    audit: { subject: 'userId' },
  },
  magicLinkRedeemed: {
    type: 'auth.magic_link.redeemed',
    summary: 'A user presented the link or the code of a mail that signs in.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
  },
  recoveryCodesReplaced: {
    type: 'auth.recovery_codes.replaced',
    summary: 'A user took new recovery codes; the earlier ones do not work any more.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
  },
  recoveryCodeUsed: {
    type: 'auth.recovery_code.used',
    summary: 'A recovery code was used in place of a second factor.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
  },
  mfaPolicyChanged: {
    type: 'auth.mfa_policy.changed',
    summary: 'A tenant changed what it asks of its members at sign-in.',
    payload: z.object({ userId, policy: MfaPolicy }),
    notice: 'warning',
    audit: {},
    activity: {},
  },
  emailVerificationRequested: {
    type: 'auth.email_verification.requested',
    summary: 'A user asked for another verification mail.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
  },
  emailVerified: {
    type: 'auth.email_verification.completed',
    summary: 'A user proved that they read the mail of their address.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
  },
  apiKeyCreated: {
    type: 'auth.api_key.created',
    summary: 'Somebody created an API key that acts for them.',
    payload: z.object({ keyId: idSchema('key'), userId, scopes: z.array(z.string()) }),
    audit: { subject: 'keyId' },
    activity: {},
  },
  apiKeyRevoked: {
    type: 'auth.api_key.revoked',
    summary: 'Somebody ended an API key.',
    payload: z.object({ keyId: idSchema('key'), userId }),
    audit: { subject: 'keyId' },
    activity: {},
  },
  serviceAccountCreated: {
    type: 'auth.service_account.created',
    summary: 'Somebody created a service account of their tenant.',
    payload: z.object({ serviceAccountId: idSchema('svc'), userId, scopes: z.array(z.string()) }),
    audit: { subject: 'serviceAccountId' },
    activity: {},
  },
  serviceAccountRevoked: {
    type: 'auth.service_account.revoked',
    summary: 'Somebody ended a service account of their tenant.',
    payload: z.object({ serviceAccountId: idSchema('svc'), userId }),
    audit: { subject: 'serviceAccountId' },
    activity: {},
  },
  accessTokenRevoked: {
    type: 'auth.access_token.revoked',
    summary: 'A service account ended an access token of its own.',
    payload: z.object({ tokenId: idSchema('act'), serviceAccountId: idSchema('svc') }),
    audit: { subject: 'tokenId' },
  },
  accountCredentialIssued: {
    type: 'auth.service_account.issued',
    summary: 'A credential was issued for a declared service account; without a user, to a signed request.',
    payload: z.object({
      keyId: idSchema('key'),
      account: z.string(),
      scopes: z.array(z.string()),
      userId: userId.nullable(),
      reason: z.string().nullable(),
    }),
    audit: { subject: 'keyId' },
  },
  accountCredentialRevoked: {
    type: 'auth.service_account.token_revoked',
    summary: 'Somebody ended a credential of a declared service account.',
    // Null: at the machine itself, where nobody is signed in.
    payload: z.object({ keyId: idSchema('key'), userId: userId.nullable(), reason: z.string() }),
    audit: { subject: 'keyId' },
  },
  ssoConnectionCreated: {
    type: 'auth.sso_connection.created',
    summary: 'Somebody connected a tenant, or the platform, to an identity provider.',
    // Null: at the machine itself, where nobody is signed in.
    payload: z.object({ connectionId, userId: userId.nullable() }),
    notice: 'warning',
    audit: { subject: 'connectionId' },
    activity: {},
  },
  ssoConnectionChanged: {
    type: 'auth.sso_connection.changed',
    summary: 'Somebody changed a connection to an identity provider.',
    payload: z.object({ connectionId, userId }),
    notice: 'warning',
    audit: { subject: 'connectionId' },
    activity: {},
  },
  ssoConnectionRemoved: {
    type: 'auth.sso_connection.removed',
    summary: 'Somebody removed a connection to an identity provider.',
    payload: z.object({ connectionId, userId }),
    notice: 'warning',
    audit: { subject: 'connectionId' },
    activity: {},
  },
  ssoDomainVerified: {
    type: 'auth.sso_domain.verified',
    summary: 'A tenant proved that a domain is its own.',
    payload: z.object({ domain: z.string(), userId }),
    audit: { subject: 'domain' },
  },
  ssoDomainRemoved: {
    type: 'auth.sso_domain.removed',
    summary: 'A tenant gave a domain up.',
    payload: z.object({ domain: z.string(), userId }),
    audit: { subject: 'domain' },
  },
  identityLinked: {
    type: 'auth.identity.linked',
    summary:
      'A user can sign in with an identity of a provider: they asked for it, or both sides had verified one address.',
    payload: z.object({ userId, identityId, connectionId, by: z.enum(['user', 'email']) }),
    audit: { subject: 'userId' },
  },
  identityRemoved: {
    type: 'auth.identity.removed',
    summary: 'A user unlinked an identity of a provider.',
    payload: z.object({ userId, identityId }),
    audit: { subject: 'userId' },
  },
  userProvisioned: {
    type: 'auth.user.provisioned',
    summary: 'Somebody got an account by signing in with the identity provider of a tenant.',
    payload: z.object({ userId, connectionId }),
    audit: { subject: 'userId' },
  },
})
