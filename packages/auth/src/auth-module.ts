import { defineModule, milliseconds, type ModuleContext, on } from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import { AuthErrors } from './auth-errors.ts'
import { AuthEvents } from './auth-events.ts'
import { AuthJobs } from './auth-jobs.ts'
import { AuthMetrics } from './auth-metrics.ts'
import { AuthSettings } from './auth-settings.ts'
import { type AuthState, createAuthState } from './auth-state.ts'
import { emailVerificationRoutes } from './email-verifications/email-verification-routes.ts'
import { EmailVerificationService } from './email-verifications/email-verification-service.ts'
import type { AuthRepositories } from './ports/auth-repositories.ts'
import type { PasswordHasher } from './ports/password-hasher.ts'
import type { TenantDirectory } from './ports/tenant-directory.ts'
import { sessionRoutes } from './sessions/session-routes.ts'
import { SessionService } from './sessions/session-service.ts'
import { signUpRoutes } from './sign-up/sign-up-routes.ts'
import { SignUpService } from './sign-up/sign-up-service.ts'
import { signingKeyRoutes } from './signing-keys/signing-key-routes.ts'
import { SigningKeyService } from './signing-keys/signing-key-service.ts'
import { AccessTokenService } from './tokens/access-token-service.ts'
import { userRoutes } from './users/user-routes.ts'
import { UserService } from './users/user-service.ts'

export interface AuthServices {
  readonly users: UserService
  readonly signUps: SignUpService
  readonly sessions: SessionService
  readonly emailVerifications: EmailVerificationService
  readonly accessTokens: AccessTokenService
  readonly signingKeys: SigningKeyService
}

/** What auth needs of other modules. */
export interface AuthUses {
  readonly tenant: { readonly tenants: TenantDirectory }
}

export interface AuthOptions {
  readonly passwords: PasswordHasher
}

type Scope = AuthRepositories & { readonly tenants: TenantDirectory; readonly events: EventRecorder }

/** Users, sessions and the tokens by which both are known. */
export const auth = ({ passwords }: AuthOptions) =>
  defineModule({
    name: 'auth',
    catalogs: {
      settings: AuthSettings,
      errors: [AuthErrors],
      events: AuthEvents,
      jobs: AuthJobs,
      metrics: AuthMetrics,
    },
    state: (platform, settings) => createAuthState(platform, settings, passwords),
    services: ({
      platform,
      settings,
      state,
      repositories,
      uses,
      transaction,
    }: ModuleContext<AuthRepositories, AuthUses, typeof AuthSettings, AuthState>): AuthServices => {
      const deps = {
        ...platform,
        ...state,
        ...repositories,
        tenants: uses.tenant.tenants,
        transaction: <T>(work: (scope: Scope) => Promise<T>) =>
          transaction(({ repositories: bound, uses: others, events }) =>
            work({ ...bound, tenants: others.tenant.tenants, events }),
          ),
      }
      return {
        users: new UserService(deps),
        signUps: new SignUpService(deps),
        sessions: new SessionService({
          ...deps,
          refreshLifetime: milliseconds(`${settings.refreshTokenMinutes}m`),
          sessionLifetime: milliseconds(`${settings.sessionMaxDays}d`),
        }),
        emailVerifications: new EmailVerificationService({
          ...deps,
          tokenMinutes: settings.emailVerificationTokenMinutes,
        }),
        accessTokens: new AccessTokenService(deps),
        signingKeys: new SigningKeyService({ ...deps, maxAge: `${settings.jwksMaxAgeSeconds}s` }),
      }
    },
    routes: ({ users, signUps, sessions, emailVerifications, signingKeys }) => [
      ...signUpRoutes(signUps),
      ...sessionRoutes(sessions),
      ...userRoutes(users),
      ...emailVerificationRoutes(emailVerifications),
      ...signingKeyRoutes(signingKeys),
    ],
    authenticate:
      ({ accessTokens }) =>
      (credential) =>
        accessTokens.authenticate(credential),
    requiresVerifiedEmail: ({ requireEmailVerification }) => requireEmailVerification,
    handlers: ({ signUps, emailVerifications }) => [
      on(AuthEvents.userRegistered, ({ id, payload }) => emailVerifications.mail(id, payload.userId)),
      on(AuthEvents.emailVerificationRequested, ({ id, payload }) =>
        emailVerifications.mail(id, payload.userId),
      ),
      on(AuthEvents.registrationRepeated, ({ id, payload }) => signUps.mailRepetition(id, payload.userId)),
    ],
    jobs: ({ sessions, emailVerifications }) => [
      { job: AuthJobs.purgeSessions, run: async () => void (await sessions.purge()) },
      { job: AuthJobs.purgeEmailVerifications, run: async () => void (await emailVerifications.purge()) },
    ],
    start: async ({ accessTokens, sessions }) => {
      await Promise.all([accessTokens.refreshRevocations(), sessions.prepare()])
    },
  })
