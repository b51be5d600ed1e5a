import { milliseconds, type Platform, type SettingsOf } from '@corbel/core'
import { ApiKeyForm } from './api-keys/api-key-form.ts'
import type { AuthSettings } from './auth-settings.ts'
import { boundedHasher, defaultConcurrency } from './passwords/bounded-hasher.ts'
import { MagicLinkTokens } from './magic-links/magic-link-tokens.ts'
import { PasskeyChallenges } from './passkeys/passkey-challenges.ts'
import { RelyingParty } from './passkeys/relying-party.ts'
import { PasswordPolicy } from './passwords/password-policy.ts'
import { PasswordResetTokens } from './passwords/password-reset-tokens.ts'
import type { BreachCheck } from './ports/breach-check.ts'
import type { PasswordHasher } from './ports/password-hasher.ts'
import { AccessTokenIssuer } from './tokens/access-token-issuer.ts'
import { AccessTokenVerifier } from './tokens/access-token-verifier.ts'
import { RecoveryCodes } from './factors/recovery-codes.ts'
import { SignInChallengeTokens } from './sign-in/sign-in-challenge-tokens.ts'
import { ClientSecrets } from './service-accounts/client-secrets.ts'
import { checkDeclaredAccounts, type DeclaredAccounts } from './service-accounts/declared-account.ts'
import { SignedRequestVerifier } from './service-accounts/signed-request-verifier.ts'
import { oauthMetadata, type OAuthMetadata } from './oauth/oauth-metadata.ts'
import { KeyedDigest } from './tokens/keyed-digest.ts'
import { RefreshTokens } from './tokens/refresh-tokens.ts'
import { RevocationList } from './tokens/revocation-list.ts'
import { scopesByRole, type ScopesByRole } from '@corbel/core/tenant'
import { operatorScopes } from './tokens/operator-scopes.ts'
import { Passwords } from './users/passwords.ts'

/** What the module keeps in memory for the life of the stack: keys, caches and the list of ended sessions. */
export interface AuthState {
  readonly passwords: Passwords
  readonly refreshTokens: RefreshTokens
  readonly challengeTokens: SignInChallengeTokens
  readonly recoveryCodeForm: RecoveryCodes
  readonly passkeyChallenges: PasskeyChallenges
  readonly relyingParty: RelyingParty
  readonly magicLinkTokens: MagicLinkTokens
  readonly verificationDigest: KeyedDigest
  readonly attemptDigest: KeyedDigest
  readonly passwordResetTokens: PasswordResetTokens
  readonly passwordPolicy: PasswordPolicy
  readonly issuer: AccessTokenIssuer
  readonly accessTokens: AccessTokenVerifier
  readonly revocations: RevocationList
  readonly apiKeyForm: ApiKeyForm
  readonly apiKeyDigest: KeyedDigest
  readonly clientSecrets: ClientSecrets
  readonly ssoDigest: KeyedDigest
  readonly scopesByRole: ScopesByRole
  readonly declaredAccounts: DeclaredAccounts
  readonly signedRequests: SignedRequestVerifier
  readonly oauthMetadata: OAuthMetadata
  /** What access tokens are for. */
  readonly audience: readonly string[]
}

export function createAuthState(
  platform: Platform,
  settings: SettingsOf<typeof AuthSettings>,
  hasher: PasswordHasher,
  breachCheck: BreachCheck | null,
  declaredAccounts: DeclaredAccounts,
): AuthState {
  const scopes = platform.permissions.map(({ scope }) => scope).toSorted()
  const ofOperators = operatorScopes(platform.permissions)
  checkDeclaredAccounts(declaredAccounts, new Set(scopes), new Set(ofOperators))
  const roles = scopesByRole(platform.permissions)
  const apiKeyPepper = (settings.apiKeyPepper ?? settings.refreshTokenPepper).reveal()
  const [first = platform.publicUrl, ...others] = settings.audience
  const shared = { ...platform, issuer: platform.publicUrl, audience: [first, ...others] as const }
  return {
    passwords: new Passwords(
      boundedHasher(hasher, {
        concurrency: settings.hashingConcurrency || defaultConcurrency(navigator.hardwareConcurrency),
        queue: settings.hashingQueue,
      }),
      settings.passwordPepper.reveal(),
    ),
    refreshTokens: new RefreshTokens(settings.refreshTokenPepper.reveal()),
    challengeTokens: new SignInChallengeTokens(settings.refreshTokenPepper.reveal()),
    recoveryCodeForm: new RecoveryCodes(settings.passwordPepper.reveal()),
    passkeyChallenges: new PasskeyChallenges(settings.refreshTokenPepper.reveal(), platform.clock),
    relyingParty: new RelyingParty(platform),
    magicLinkTokens: new MagicLinkTokens(settings.emailVerificationTokenPepper.reveal()),
    verificationDigest: new KeyedDigest(settings.emailVerificationTokenPepper.reveal()),
    passwordResetTokens: new PasswordResetTokens(settings.passwordResetTokenPepper.reveal()),
    passwordPolicy: new PasswordPolicy({
      ...platform,
      breachCheck,
      breachCheckFailsOpen: settings.breachCheckOnFailure === 'accept',
    }),
    attemptDigest: new KeyedDigest(settings.refreshTokenPepper.reveal()),
    issuer: new AccessTokenIssuer({
      ...shared,
      lifetime: settings.accessTokenMinutes * 60,
      scopes: roles,
      operatorScopes: ofOperators,
    }),
    accessTokens: new AccessTokenVerifier(shared),
    revocations: new RevocationList({
      ...platform,
      interval: milliseconds(`${settings.revocationPollSeconds}s`),
      lifetime: milliseconds(`${settings.accessTokenMinutes}m`),
    }),
    apiKeyForm: new ApiKeyForm(platform.profile),
    apiKeyDigest: new KeyedDigest(apiKeyPepper),
    clientSecrets: new ClientSecrets(apiKeyPepper),
    ssoDigest: new KeyedDigest(settings.refreshTokenPepper.reveal()),
    scopesByRole: roles,
    declaredAccounts,
    signedRequests: new SignedRequestVerifier({
      ...platform,
      audience: platform.publicUrl,
      secret: settings.credentialRequestSecret,
    }),
    oauthMetadata: oauthMetadata(platform.publicUrl, first, scopes),
    audience: shared.audience,
  }
}
