import type { SettingsOf } from '@corbel/core'
import type { AuthSettings } from './auth-settings.ts'
import { ConsentService, type ConsentServiceDeps } from './consents/consent-service.ts'
import {
  SignUpInviteService,
  type SignUpInviteServiceDeps,
} from './sign-up-invites/sign-up-invite-service.ts'
import { SignUpInviteTokens } from './sign-up-invites/sign-up-invite-tokens.ts'
import {
  SignUpRequestService,
  type SignUpRequestServiceDeps,
} from './sign-up-requests/sign-up-request-service.ts'
import { SignUpGate, type SignUpGateDeps } from './sign-up/sign-up-gate.ts'
import { SignUpQuotas, type SignUpQuotasDeps } from './sign-up/sign-up-quotas.ts'
import { SignUpService, type SignUpServiceDeps } from './sign-up/sign-up-service.ts'
import type { KeyedDigest } from './tokens/keyed-digest.ts'

export interface SignUpServices {
  readonly signUps: SignUpService
  readonly signUpInvites: SignUpInviteService
  readonly signUpRequests: SignUpRequestService
  readonly consents: ConsentService
}

type SignUpDeps = Omit<ConsentServiceDeps, 'policyVersions'> &
  Omit<SignUpGateDeps, 'inviteTokens' | 'signUpQuotas' | 'rules'> &
  Pick<SignUpQuotasDeps, 'rateLimiter'> &
  Omit<SignUpInviteServiceDeps, 'inviteTokens' | 'signUpGate' | 'inviteHours'> &
  Omit<SignUpRequestServiceDeps, 'signUpGate' | 'signUpInviteService' | 'pendingRequests'> &
  Omit<SignUpServiceDeps, 'signUpGate' | 'consentService'> & { readonly verificationDigest: KeyedDigest }

/** Everything by which people get in. */
export function signUpServices(deps: SignUpDeps, settings: SettingsOf<typeof AuthSettings>): SignUpServices {
  const versions = { terms: settings.termsVersion, privacy: settings.privacyVersion }
  const inviteTokens = new SignUpInviteTokens(deps.verificationDigest)
  const signUpQuotas = new SignUpQuotas({
    ...deps,
    digest: deps.attemptDigest,
    limits: {
      perIp: settings.signUpsPerDay,
      perEmail: settings.signUpsPerEmail,
      perDomain: settings.signUpsPerDomain,
    },
  })
  const signUpGate = new SignUpGate({
    ...deps,
    inviteTokens,
    signUpQuotas,
    rules: {
      policy: settings.signUpPolicy,
      allowedDomains: settings.signUpDomains,
      deniedDomains: settings.deniedDomains,
      versions,
    },
  })
  const consents = new ConsentService({ ...deps, policyVersions: versions })
  const signUpInvites = new SignUpInviteService({
    ...deps,
    inviteTokens,
    signUpGate,
    inviteHours: settings.inviteHours,
  })
  const signUpRequests = new SignUpRequestService({
    ...deps,
    signUpGate,
    signUpInviteService: signUpInvites,
    pendingRequests: settings.pendingRequests,
  })
  return {
    signUps: new SignUpService({ ...deps, signUpGate, consentService: consents }),
    signUpInvites,
    signUpRequests,
    consents,
  }
}
