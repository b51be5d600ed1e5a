import {
  defineModule,
  type DeliveryRoute,
  milliseconds,
  type ModuleContext,
  on,
  type PersonalData,
} from '@corbel/core'
import { TenantEvents } from '@corbel/core/tenant'
import type { EventRecorder } from '@corbel/core/ports'
import { isApiKey } from './api-keys/api-key-form.ts'
import { apiKeyRoutes } from './api-keys/api-key-routes.ts'
import { auditRoutes } from './audit/audit-routes.ts'
import { AuditService } from './audit/audit-service.ts'
import { Refusals } from './audit/refusals.ts'
import { AuthErrors } from './auth-errors.ts'
import { AuthEvents } from './auth-events.ts'
import { AuthJobs } from './auth-jobs.ts'
import { AuthMetrics } from './auth-metrics.ts'
import { AuthPermissions } from './auth-permissions.ts'
import { AuthSettings } from './auth-settings.ts'
import { type AuthState, createAuthState } from './auth-state.ts'
import { EmailChangeService } from './email-changes/email-change-service.ts'
import { NotificationPreferenceService } from './notifications/notification-preference-service.ts'
import { notificationPreferenceRoutes } from './notifications/notification-preference-routes.ts'
import { NewDeviceNotice } from './sessions/new-device-notice.ts'
import { accountRoutes } from './users/account-routes.ts'
import { AccountService } from './users/account-service.ts'
import { managedUserRoutes } from './users/managed-user-routes.ts'
import { ManagedUserService } from './users/managed-user-service.ts'
import { emailVerificationRoutes } from './email-verifications/email-verification-routes.ts'
import { EmailVerificationService } from './email-verifications/email-verification-service.ts'
import { machineServices, type MachineServices } from './machine-services.ts'
import { OAuthErrors } from './oauth/oauth-errors.ts'
import { oauthRoutes } from './oauth/oauth-routes.ts'
import type { AuthRepositories } from './ports/auth-repositories.ts'
import type { BreachCheck } from './ports/breach-check.ts'
import type { PasswordHasher } from './ports/password-hasher.ts'
import type { TeamDirectory, TenantDirectory } from './ports/tenant-directory.ts'
import type { PlanDirectory } from './ports/plan-directory.ts'
import type { DomainVerifier } from './ports/domain-verifier.ts'
import type { IdentityProvider } from './ports/identity-provider.ts'
import { factorRoutes } from './factors/factor-routes.ts'
import { FactorEnrolment } from './factors/factor-enrolment.ts'
import { FactorNotices } from './factors/factor-notices.ts'
import { FactorService } from './factors/factor-service.ts'
import { FactorTrial } from './factors/factor-trial.ts'
import { FactorVerifier } from './factors/factor-verifier.ts'
import { mfaPolicyRoutes } from './factors/mfa-policy-routes.ts'
import { MfaPolicyService } from './factors/mfa-policy-service.ts'
import { accountCredentialRoutes } from './service-accounts/account-credential-routes.ts'
import type { DeclaredAccounts } from './service-accounts/declared-account.ts'
import { serviceAccountRoutes } from './service-accounts/service-account-routes.ts'
import { magicLinkRoutes } from './magic-links/magic-link-routes.ts'
import { MagicLinkService } from './magic-links/magic-link-service.ts'
import { passkeyRoutes } from './passkeys/passkey-routes.ts'
import { PasskeyService } from './passkeys/passkey-service.ts'
import { PasskeySignInService } from './passkeys/passkey-sign-in-service.ts'
import { PasskeyVerifier } from './passkeys/passkey-verifier.ts'
import { joiningRoutes } from './joining/joining-routes.ts'
import { JoiningService } from './joining/joining-service.ts'
import { NewPasswords } from './passwords/new-passwords.ts'
import { PasswordMailer } from './passwords/password-mailer.ts'
import { passwordRoutes } from './passwords/password-routes.ts'
import { PasswordService } from './passwords/password-service.ts'
import { sessionRoutes } from './sessions/session-routes.ts'
import { SessionService } from './sessions/session-service.ts'
import { signInChallengeRoutes } from './sign-in/sign-in-challenge-routes.ts'
import { SignInChallengeService } from './sign-in/sign-in-challenge-service.ts'
import { SignInCompletion } from './sign-in/sign-in-completion.ts'
import { SignInRefusals } from './sign-in/sign-in-refusals.ts'
import { signInRoutes } from './sign-in/sign-in-routes.ts'
import { SignInService } from './sign-in/sign-in-service.ts'
import { signUpRoutes } from './sign-up/sign-up-routes.ts'
import { needsVerifiedEmail } from './sign-up/sign-up-policy.ts'
import { consentRoutes } from './consents/consent-routes.ts'
import { signUpInviteRoutes } from './sign-up-invites/sign-up-invite-routes.ts'
import { signUpRequestRoutes } from './sign-up-requests/sign-up-request-routes.ts'
import { signUpServices, type SignUpServices } from './sign-up-services.ts'
import { signingKeyRoutes } from './signing-keys/signing-key-routes.ts'
import { SigningKeyService } from './signing-keys/signing-key-service.ts'
import { connectionRoutes } from './sso/connection-routes.ts'
import { domainRoutes } from './sso/domain-routes.ts'
import { noDomainVerifier, noIdentityProvider } from './sso/no-identity-provider.ts'
import { ssoRoutes } from './sso/sso-routes.ts'
import { ssoServices, type SsoServices } from './sso-services.ts'
import { AttemptBudget } from './throttling/attempt-budget.ts'
import { attemptLimits } from './throttling/attempt-limits.ts'
import { stepUpRoutes } from './step-up/step-up-routes.ts'
import { StepUpService } from './step-up/step-up-service.ts'
import { AccessTokenService } from './tokens/access-token-service.ts'
import { userRoutes } from './users/user-routes.ts'
import { UserService } from './users/user-service.ts'
import { authMails } from './auth-mails.ts'
import { tenantNotices } from './tenant-notices.ts'
import { mailRoute } from './mail-route.ts'

export interface AuthServices extends MachineServices, SsoServices, SignUpServices {
  readonly users: UserService
  readonly accounts: AccountService
  readonly managedUsers: ManagedUserService
  readonly emailChanges: EmailChangeService
  readonly notificationPreferences: NotificationPreferenceService
  readonly newDeviceNotice: NewDeviceNotice
  readonly joining: JoiningService
  readonly signIns: SignInService
  readonly signInChallenges: SignInChallengeService
  readonly factors: FactorService
  readonly factorNotices: FactorNotices
  readonly mfaPolicies: MfaPolicyService
  readonly passkeys: PasskeyService
  readonly passkeySignIns: PasskeySignInService
  readonly magicLinks: MagicLinkService
  readonly stepUps: StepUpService
  readonly sessions: SessionService
  readonly attempts: AttemptBudget
  readonly passwords: PasswordService
  readonly passwordMails: PasswordMailer
  readonly tenantNotices: DeliveryRoute
  readonly emailVerifications: EmailVerificationService
  readonly accessTokens: AccessTokenService
  readonly signingKeys: SigningKeyService
  readonly audit: AuditService
  readonly refusals: Refusals
}

/** What auth needs of other modules. */
export interface AuthUses {
  readonly tenant: TeamDirectory & { readonly tenants: TenantDirectory }
}

export interface AuthOptions {
  readonly passwords: PasswordHasher
  /** Whether a new password is known from a breach. @default only the list that the package brings is asked */
  readonly breachCheck?: BreachCheck
  /** Machines that the host foresees. @default none */
  readonly serviceAccounts?: DeclaredAccounts
  /** How others say who somebody is. @default nobody signs in that way */
  readonly identityProvider?: IdentityProvider
  /** How tenants prove their domains. @default they cannot */
  readonly domainVerifier?: DomainVerifier
  /** What people may choose when they sign up; what they chose is told with `tenant.account.created`. @default nothing */
  readonly plans?: PlanDirectory
}

type Scope = AuthRepositories & {
  readonly tenants: TenantDirectory
  readonly team: TeamDirectory
  readonly personalData: PersonalData
  readonly events: EventRecorder
}

const nothingSold: PlanDirectory = { find: () => null }

/** Users, sessions and the tokens by which both are known. */
export const auth = ({
  passwords,
  breachCheck,
  serviceAccounts = {},
  identityProvider = noIdentityProvider,
  domainVerifier = noDomainVerifier,
  plans = nothingSold,
}: AuthOptions) =>
  defineModule({
    name: 'auth',
    catalogs: {
      settings: AuthSettings,
      errors: [AuthErrors, OAuthErrors],
      events: AuthEvents,
      jobs: AuthJobs,
      metrics: AuthMetrics,
      permissions: AuthPermissions,
      mails: authMails,
    },
    state: (platform, settings) =>
      createAuthState(platform, settings, passwords, breachCheck ?? null, serviceAccounts),
    services: ({
      platform,
      settings,
      state,
      repositories,
      uses,
      personalData,
      onCommit,
      transaction,
    }: ModuleContext<AuthRepositories, AuthUses, typeof AuthSettings, AuthState>): AuthServices => {
      const refusals = new Refusals({ ...platform, ...repositories })
      const deps = {
        ...platform,
        ...state,
        ...repositories,
        plans,
        refusals,
        personalData,
        // A session that ends in a transaction which fails goes on, in this process too.
        revocations: {
          add: (...revoked: Parameters<AuthState['revocations']['add']>) =>
            onCommit(() => state.revocations.add(...revoked)),
        },
        tenants: uses.tenant.tenants,
        team: uses.tenant,
        transaction: <T>(work: (scope: Scope) => Promise<T>) =>
          transaction(({ repositories: bound, uses: others, events, personalData: everybodys }) =>
            work({
              ...bound,
              tenants: others.tenant.tenants,
              team: others.tenant,
              events,
              personalData: everybodys,
            }),
          ),
      }
      const sessions = new SessionService({
        ...deps,
        refreshLifetime: milliseconds(`${settings.refreshTokenMinutes}m`),
        sessionLifetime: milliseconds(`${settings.sessionMaxDays}d`),
      })
      const accessTokens = new AccessTokenService({
        ...deps,
        revocations: state.revocations,
        liveCheck: settings.revocationPollSeconds === 0,
      })
      const attemptBudget = new AttemptBudget({ ...deps, limits: attemptLimits(settings) })
      const emailChanges = new EmailChangeService({
        ...deps,
        tokenMinutes: settings.emailVerificationTokenMinutes,
      })
      const emailVerifications = new EmailVerificationService({
        ...deps,
        emailChangeService: emailChanges,
        tokenMinutes: settings.emailVerificationTokenMinutes,
      })
      const notificationPreferences = new NotificationPreferenceService(deps)
      const signInCompletion = new SignInCompletion({
        ...deps,
        sessions,
        challengeMinutes: settings.mfaChallengeMinutes,
      })
      const passkeyVerifier = new PasskeyVerifier(deps)
      const secondFactors = {
        ...deps,
        sessionService: sessions,
        factorVerifier: new FactorVerifier({ ...deps, passkeyVerifier }),
        factorTrial: new FactorTrial({ attemptBudget, refusals }),
        factorEnrolment: new FactorEnrolment({ ...deps, sessionService: sessions }),
      }
      const factors = new FactorService(secondFactors)
      const firstFactors = {
        ...deps,
        attemptBudget,
        signInCompletion,
        signInRefusals: new SignInRefusals(deps),
        emailVerifications,
        requireEmailVerification: needsVerifiedEmail(settings),
      }
      const signUps = signUpServices(deps, settings)
      const consentService = signUps.consents
      return {
        users: new UserService(deps),
        accounts: new AccountService(deps),
        managedUsers: new ManagedUserService({ ...deps, attemptBudget, sessionService: sessions }),
        emailChanges,
        notificationPreferences,
        newDeviceNotice: new NewDeviceNotice(deps),
        ...signUps,
        signIns: new SignInService(firstFactors),
        joining: new JoiningService({ ...deps, consentService }),
        signInChallenges: new SignInChallengeService({ ...secondFactors, factorService: factors }),
        factors,
        factorNotices: new FactorNotices(deps),
        mfaPolicies: new MfaPolicyService(deps),
        passkeys: new PasskeyService({ ...secondFactors, factorService: factors }),
        passkeySignIns: new PasskeySignInService({ ...firstFactors, passkeyVerifier }),
        magicLinks: new MagicLinkService({
          ...firstFactors,
          mailsPerHour: settings.magicLinkMailsPerHour,
          linkMinutes: settings.magicLinkMinutes,
        }),
        stepUps: new StepUpService(secondFactors),
        sessions,
        attempts: attemptBudget,
        passwords: new PasswordService({
          ...deps,
          attemptBudget,
          newPasswords: new NewPasswords({ ...deps, history: settings.passwordHistory }),
          mailsPerHour: settings.passwordResetMailsPerHour,
          history: settings.passwordHistory,
        }),
        passwordMails: new PasswordMailer({ ...deps, resetMinutes: settings.passwordResetTokenMinutes }),
        emailVerifications,
        tenantNotices: tenantNotices({ ...deps, preferences: notificationPreferences }),
        accessTokens,
        ...machineServices({ ...deps, tokenService: accessTokens, sessionService: sessions }),
        audit: new AuditService({ ...deps, retentionDays: settings.auditRetentionDays }),
        refusals,
        ...ssoServices({
          ...deps,
          identityProvider,
          domainVerifier,
          consentService,
          signInCompletion,
          stateMinutes: settings.ssoStateMinutes,
          requireEmailVerification: settings.requireEmailVerification,
        }),
        signingKeys: new SigningKeyService({ ...deps, maxAge: `${settings.jwksMaxAgeSeconds}s` }),
      }
    },
    routes: (services) => [
      ...signUpRoutes(services.signUps),
      ...joiningRoutes(services.joining),
      ...signUpInviteRoutes(services.signUpInvites),
      ...signUpRequestRoutes(services.signUpRequests),
      ...consentRoutes(services.consents),
      ...signInRoutes(services.signIns),
      ...signInChallengeRoutes(services.signInChallenges),
      ...stepUpRoutes(services.stepUps),
      ...factorRoutes(services.factors),
      ...mfaPolicyRoutes(services.mfaPolicies),
      ...passkeyRoutes(services.passkeys, services.passkeySignIns),
      ...magicLinkRoutes(services.magicLinks),
      ...sessionRoutes(services.sessions),
      ...passwordRoutes(services.passwords),
      ...userRoutes(services.users),
      ...accountRoutes(services.accounts, services.emailChanges),
      ...notificationPreferenceRoutes(services.notificationPreferences),
      ...managedUserRoutes(services.managedUsers),
      ...emailVerificationRoutes(services.emailVerifications),
      ...signingKeyRoutes(services.signingKeys),
      ...auditRoutes(services.audit),
      ...apiKeyRoutes(services.apiKeys),
      ...serviceAccountRoutes(services.serviceAccounts),
      ...accountCredentialRoutes(services.accountCredentials),
      ...oauthRoutes(services.oauth),
      ...ssoRoutes(services.sso, services.identities),
      ...connectionRoutes(services.ssoConnections),
      ...domainRoutes(services.ssoDomains),
    ],
    authenticate:
      ({ accessTokens, apiKeys }) =>
      (credential) =>
        (isApiKey(credential) ? apiKeys : accessTokens).authenticate(credential),
    denied: ({ refusals }, { principal, endpoint, code, client }) =>
      refusals.record(AuthEvents.accessDenied(principal.tenantId, { endpoint, code }, client)),
    requiresVerifiedEmail: needsVerifiedEmail,
    sessionCookies: ({ cookieMode }) => cookieMode,
    personalData: ({ accounts }) => ({
      export: (userId) => accounts.personalDataOf(userId),
      erase: (userId, origin) => accounts.forget(userId, origin),
    }),
    deliveries: ({
      tenantNotices: notices,
      signUps,
      signUpInvites,
      emailChanges,
      newDeviceNotice,
      emailVerifications,
      factorNotices,
      magicLinks,
      passwordMails,
    }) => [
      mailRoute('auth.mail', 'userId', [
        on(AuthEvents.magicLinkRequested, ({ id, payload }) => magicLinks.mail(id, payload)),
        on(AuthEvents.passkeyCopySuspected, ({ id, payload }) =>
          factorNotices.mail(id, payload.userId, 'passkeyCopied'),
        ),
        on(AuthEvents.passwordResetRequested, ({ id, payload }) =>
          passwordMails.sendReset(id, payload.userId),
        ),
        on(AuthEvents.passwordChanged, ({ id, payload }) => passwordMails.sendChanged(id, payload.userId)),
        on(AuthEvents.attemptsExhausted, ({ id, payload }) =>
          passwordMails.sendExhausted(id, payload.userId),
        ),
        on(AuthEvents.sessionOpened, ({ id, payload }) =>
          newDeviceNotice.mail(id, payload.userId, payload.sessionId),
        ),
        on(AuthEvents.emailChangeRequested, ({ payload }) => emailChanges.mailRequest(payload.changeId)),
        on(AuthEvents.emailChanged, ({ payload }) => emailChanges.mailChanged(payload.changeId)),
        on(AuthEvents.userRegistered, ({ id, payload }) => emailVerifications.mail(id, payload.userId)),
        on(AuthEvents.emailVerificationRequested, ({ id, payload }) =>
          emailVerifications.mail(id, payload.userId),
        ),
        on(AuthEvents.factorEnrolled, ({ id, payload }) =>
          factorNotices.mail(id, payload.userId, 'enrolled'),
        ),
        on(AuthEvents.factorRemoved, ({ id, payload }) => factorNotices.mail(id, payload.userId, 'removed')),
        on(AuthEvents.recoveryCodesReplaced, ({ id, payload }) =>
          factorNotices.mail(id, payload.userId, 'recoveryCodesReplaced'),
        ),
        on(AuthEvents.recoveryCodeUsed, ({ id, payload }) =>
          factorNotices.mail(id, payload.userId, 'recoveryCodeUsed'),
        ),
        on(AuthEvents.identityLinked, ({ id, payload }) =>
          factorNotices.mail(id, payload.userId, 'identityLinked'),
        ),
        on(AuthEvents.identityRemoved, ({ id, payload }) =>
          factorNotices.mail(id, payload.userId, 'identityRemoved'),
        ),
        on(AuthEvents.registrationRepeated, ({ id, payload }) => signUps.mailRepetition(id, payload.userId)),
        on(AuthEvents.accessRequested, ({ id, payload }) => signUps.mailRepetition(id, payload.userId)),
      ]),
      mailRoute('auth.invite_mail', 'inviteId', [
        on(AuthEvents.signUpInviteCreated, ({ id, payload }) => signUpInvites.mail(id, payload.inviteId)),
        on(AuthEvents.reservedAddressTried, ({ id, payload }) => signUpInvites.mail(id, payload.inviteId)),
      ]),
      notices,
    ],
    handlers: ({ sessions }) => [
      on(TenantEvents.memberRoleChanged, ({ tenantId, payload }) =>
        sessions.endMemberships(tenantId, payload.userId),
      ),
      on(TenantEvents.memberRemoved, ({ tenantId, payload }) =>
        sessions.endMemberships(tenantId, payload.userId),
      ),
      on(TenantEvents.ownershipTransferred, ({ tenantId, payload }) =>
        sessions.endMemberships(tenantId, payload.fromUserId, payload.toUserId),
      ),
    ],
    jobs: ({
      audit,
      passwords,
      apiKeys,
      serviceAccounts,
      sessions,
      attempts,
      emailVerifications,
      emailChanges,
      signInChallenges,
      magicLinks,
      signUpInvites,
      signUpRequests,
      ssoFlow,
    }) => [
      { job: AuthJobs.purgeMagicLinks, run: async () => void (await magicLinks.purge()) },
      { job: AuthJobs.purgeSessions, run: async () => void (await sessions.purge()) },
      { job: AuthJobs.purgePasswordResets, run: async () => void (await passwords.purge()) },
      { job: AuthJobs.purgeAttempts, run: async () => void (await attempts.purge()) },
      { job: AuthJobs.purgeSsoStates, run: async () => void (await ssoFlow.purge()) },
      { job: AuthJobs.purgeSignInChallenges, run: async () => void (await signInChallenges.purge()) },
      {
        job: AuthJobs.purgeMachineCredentials,
        run: async () => void (await Promise.all([apiKeys.purge(), serviceAccounts.purge()])),
      },
      {
        job: AuthJobs.purgeSignUps,
        run: async () => void (await Promise.all([signUpInvites.purge(), signUpRequests.purge()])),
      },
      { job: AuthJobs.purgeAudit, run: async () => void (await audit.purge()) },
      {
        job: AuthJobs.purgeEmailVerifications,
        run: async () => void (await Promise.all([emailVerifications.purge(), emailChanges.purge()])),
      },
    ],
    start: async ({ accessTokens, signIns }) => {
      await Promise.all([accessTokens.refreshRevocations(), signIns.prepare()])
    },
  })
