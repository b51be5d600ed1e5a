import { milliseconds, type Platform, type SettingsOf } from '@corbel/core'
import type { AuthSettings } from './auth-settings.ts'
import type { PasswordHasher } from './ports/password-hasher.ts'
import { AccessTokenIssuer } from './tokens/access-token-issuer.ts'
import { AccessTokenVerifier } from './tokens/access-token-verifier.ts'
import { KeyedDigest } from './tokens/keyed-digest.ts'
import { RefreshTokens } from './tokens/refresh-tokens.ts'
import { RevocationList } from './tokens/revocation-list.ts'
import { scopesByRole } from './tokens/scopes-by-role.ts'
import { Passwords } from './users/passwords.ts'

/** What the module keeps in memory for the life of the stack: keys, caches and the list of ended sessions. */
export interface AuthState {
  readonly passwords: Passwords
  readonly refreshTokens: RefreshTokens
  readonly verificationDigest: KeyedDigest
  readonly issuer: AccessTokenIssuer
  readonly accessTokens: AccessTokenVerifier
  readonly revocations: RevocationList
}

export function createAuthState(
  platform: Platform,
  settings: SettingsOf<typeof AuthSettings>,
  hasher: PasswordHasher,
): AuthState {
  const [first = platform.publicUrl, ...others] = settings.audience
  const shared = { ...platform, issuer: platform.publicUrl, audience: [first, ...others] as const }
  return {
    passwords: new Passwords(hasher, settings.passwordPepper.reveal()),
    refreshTokens: new RefreshTokens(settings.refreshTokenPepper.reveal()),
    verificationDigest: new KeyedDigest(settings.emailVerificationTokenPepper.reveal()),
    issuer: new AccessTokenIssuer({
      ...shared,
      lifetime: settings.accessTokenMinutes * 60,
      scopes: scopesByRole(platform.permissions),
    }),
    accessTokens: new AccessTokenVerifier(shared),
    revocations: new RevocationList({
      ...platform,
      interval: milliseconds(`${settings.revocationPollSeconds}s`),
      lifetime: milliseconds(`${settings.accessTokenMinutes}m`),
    }),
  }
}
