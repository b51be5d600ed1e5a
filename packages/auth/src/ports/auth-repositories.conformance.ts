import { type Suite, race, winners } from '@corbel/core/ports'
import { accountRepositoryConformance } from './account-repository.conformance.ts'
import { customRoleConformance } from './custom-role.conformance.ts'
import { consentRepositoryConformance } from './consent-repository.conformance.ts'
import { signUpInviteRepositoryConformance } from './sign-up-invite-repository.conformance.ts'
import { signUpRequestRepositoryConformance } from './sign-up-request-repository.conformance.ts'
import { apiKeyRepositoryConformance } from './api-key-repository.conformance.ts'
import { nonceRepositoryConformance } from './nonce-repository.conformance.ts'
import { serviceAccountRepositoryConformance } from './service-account-repository.conformance.ts'
import { attemptRepositoryConformance } from './attempt-repository.conformance.ts'
import { emailVerificationRepositoryConformance } from './email-verification-repository.conformance.ts'
import { factorRepositoryConformance } from './factor-repository.conformance.ts'
import { magicLinkRepositoryConformance } from './magic-link-repository.conformance.ts'
import { passkeyRepositoryConformance } from './passkey-repository.conformance.ts'
import { mfaPolicyRepositoryConformance } from './mfa-policy-repository.conformance.ts'
import { recoveryCodeRepositoryConformance } from './recovery-code-repository.conformance.ts'
import {
  at,
  type AuthStorage,
  eventOf,
  openedSession,
  recorded,
  sampleRotation,
  sampleUser,
  storedMember,
} from './samples.conformance.ts'
import { identityRepositoryConformance } from './identity-repository.conformance.ts'
import { ssoConnectionRepositoryConformance } from './sso-connection-repository.conformance.ts'
import { ssoDomainRepositoryConformance } from './sso-domain-repository.conformance.ts'
import { ssoStateRepositoryConformance } from './sso-state-repository.conformance.ts'
import { sessionElevationConformance } from './session-elevation.conformance.ts'
import { passwordResetRepositoryConformance } from './password-reset-repository.conformance.ts'
import { sessionRepositoryConformance } from './session-repository.conformance.ts'
import { signInChallengeRepositoryConformance } from './sign-in-challenge-repository.conformance.ts'
import { userRepositoryConformance } from './user-repository.conformance.ts'

/** The law of `AuthRepositories`. `fresh` gives an empty storage for each test. */
export function authRepositoriesConformance(suite: Suite, fresh: () => Promise<AuthStorage>): void {
  userRepositoryConformance(suite, fresh)
  customRoleConformance(suite, fresh)
  sessionRepositoryConformance(suite, fresh)
  attemptRepositoryConformance(suite, fresh)
  passwordResetRepositoryConformance(suite, fresh)
  sessionElevationConformance(suite, fresh)
  emailVerificationRepositoryConformance(suite, fresh)
  factorRepositoryConformance(suite, fresh)
  passkeyRepositoryConformance(suite, fresh)
  magicLinkRepositoryConformance(suite, fresh)
  recoveryCodeRepositoryConformance(suite, fresh)
  signInChallengeRepositoryConformance(suite, fresh)
  mfaPolicyRepositoryConformance(suite, fresh)
  serviceAccountRepositoryConformance(suite, fresh)
  apiKeyRepositoryConformance(suite, fresh)
  nonceRepositoryConformance(suite, fresh)
  accountRepositoryConformance(suite, fresh)
  signUpInviteRepositoryConformance(suite, fresh)
  signUpRequestRepositoryConformance(suite, fresh)
  consentRepositoryConformance(suite, fresh)
  ssoConnectionRepositoryConformance(suite, fresh)
  ssoStateRepositoryConformance(suite, fresh)
  ssoDomainRepositoryConformance(suite, fresh)
  identityRepositoryConformance(suite, fresh)
  authTransactionConformance(suite, fresh)
}

function authTransactionConformance({ test, expect }: Suite, fresh: () => Promise<AuthStorage>): void {
  test('a transaction that fails undoes what auth changed and recorded', async () => {
    const storage = await fresh()
    const { users, sessions } = storage.repositories.auth
    const member = await storedMember(storage)
    const { session, digest } = await openedSession(storage, member)
    const account = sampleUser()
    const failed = storage.transaction(async ({ repositories: { auth } }) => {
      await auth.users.insert(account)
      await auth.sessions.rotate(sampleRotation(digest))
      const { tenantId, userId, id } = session
      await auth.sessions.revoke(tenantId, userId, id, at(10), 'sign-out', [eventOf('revoked')(session)])
      throw new Error('on purpose')
    })
    await expect(failed).rejects.toThrow('on purpose')
    expect(await users.find(account.user.id)).toBe(null)
    expect(await recorded(storage)).toEqual([])
    expect(await sessions.rotate(sampleRotation(digest))).toMatchObject({ rotatedNow: true })
  })

  test('a verb of a committed transaction records its events with it', async () => {
    const storage = await fresh()
    const member = await storedMember(storage)
    const { session } = await openedSession(storage, member)
    const { tenantId, userId, id } = session
    await storage.transaction(({ repositories: { auth } }) =>
      auth.sessions.revoke(tenantId, userId, id, at(10), 'sign-out', [eventOf('revoked')(session)]),
    )
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('of concurrent registrations in transactions, one leaves an account and its tenant', async () => {
    const storage = await fresh()
    const results = await race((racer) =>
      storage.transaction(async ({ repositories: { auth, tenant }, events }) => {
        const { user, ...account } = sampleUser({ email: 'ada@example.com' })
        await auth.users.insert({ user, ...account })
        const id = `ten_${racer}` as const
        await tenant.tenants.insert({ id, slug: id, name: 'Acme', createdAt: user.createdAt })
        await tenant.memberships.insert({
          tenantId: id,
          userId: user.id,
          role: 'owner',
          createdAt: user.createdAt,
        })
        await events.record(eventOf('registered')({ id: 'ses_1', tenantId: id, userId: user.id }))
        return id
      }),
    )
    const [tenantId] = winners(results)
    expect(winners(results)).toHaveLength(1)
    const candidate = await storage.repositories.auth.users.findForSignIn('ada@example.com')
    expect(candidate?.memberships).toEqual([{ tenantId, role: 'owner', scopes: null, mfa: 'optional' }])
    expect(await recorded(storage)).toMatchObject([{ tenantId }])
  })
}
