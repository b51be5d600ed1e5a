import { AuthErrors } from '../auth-errors.ts'
import type { DomainVerifier } from '../ports/domain-verifier.ts'
import type { IdentityProvider } from '../ports/identity-provider.ts'

const detail =
  'This stack has no identity provider: give auth() one, such as { sso: { identityProvider: oidcIdentityProvider({ … }) } }.'

const missing = (): Promise<never> => Promise.reject(AuthErrors.ssoUnavailable({ detail }))

/** Stands where no protocol was given. */
export const noIdentityProvider: IdentityProvider = { check: missing, start: missing, finish: missing }

export const noDomainVerifier: DomainVerifier = {
  listTexts: () => Promise.reject(new Error('This stack has no domain verifier: give auth() one.')),
}
