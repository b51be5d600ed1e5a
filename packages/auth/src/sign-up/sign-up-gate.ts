import { type Clock, DomainError, type Origin } from '@corbel/core'
import type { Refusals } from '../audit/refusals.ts'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { PolicyVersions } from '../consents/consent.ts'
import type { SignUpInviteRepository } from '../ports/sign-up-invite-repository.ts'
import type { SignUpInviteTokens } from '../sign-up-invites/sign-up-invite-tokens.ts'
import { domainOf, isWithin } from './email-domain.ts'
import type { SignUpPolicy, SignUpPolicyName } from './sign-up-policy.ts'
import type { SignUpQuotas } from './sign-up-quotas.ts'

export interface SignUpRules {
  readonly policy: SignUpPolicyName
  readonly allowedDomains: readonly string[]
  readonly deniedDomains: readonly string[]
  readonly versions: PolicyVersions
}

export interface SignUpGateDeps {
  readonly signUpInvites: SignUpInviteRepository
  readonly inviteTokens: SignUpInviteTokens
  readonly refusals: Refusals
  readonly signUpQuotas: SignUpQuotas
  readonly clock: Clock
  readonly rules: SignUpRules
}

/** How somebody was let through. */
export interface Admission {
  /** Digest of the invitation's token, to be redeemed with what it lets in; null when none was needed. */
  readonly invite: string | null
  /** The invitation went to this address alone, so whoever has its token reads that mail. */
  readonly provesAddress: boolean
}

/** Who may sign up. What it answers depends on the policy and on the invitation, never on whether an address has an account. */
export class SignUpGate {
  readonly #deps: SignUpGateDeps

  constructor(deps: SignUpGateDeps) {
    this.#deps = deps
  }

  get policy(): SignUpPolicy {
    const { policy, versions } = this.#deps.rules
    return {
      policy,
      inviteRequired: policy === 'invite_only' || policy === 'approval',
      requestAccessEnabled: policy === 'approval',
      termsVersion: versions.terms,
      privacyVersion: versions.privacy,
    }
  }

  /**
   * Lets a registration through. Whoever holds the invitation of an address is not held up by strangers who use up its quota.
   *
   * @throws `auth/email-domain-refused`, `auth/too-many-sign-ups`, `auth/invite-required`, `auth/invalid-invite`
   */
  admit(
    { email, inviteToken }: { readonly email: string; readonly inviteToken?: string | undefined },
    client: Origin,
  ): Promise<Admission> {
    return this.#told(client, async () => {
      await this.#deps.signUpQuotas.takeOfCaller(client.ip)
      this.checkDomain(email)
      const admission = await this.#byInvite(email, inviteToken)
      if (!admission.provesAddress) await this.#deps.signUpQuotas.takeOfAddress(email, 'register')
      return admission
    })
  }

  /**
   * Lets a request to be let in through.
   *
   * @throws `auth/access-not-requested`, `auth/email-domain-refused`, `auth/too-many-sign-ups`
   */
  admitRequest(email: string, client: Origin): Promise<void> {
    if (!this.policy.requestAccessEnabled) throw AuthErrors.accessNotRequested()
    return this.#told(client, async () => {
      await this.#deps.signUpQuotas.takeOfCaller(client.ip)
      this.checkDomain(email)
      await this.#deps.signUpQuotas.takeOfAddress(email, 'request')
    })
  }

  /** @throws `auth/email-domain-refused` */
  checkDomain(email: string): void {
    if (isWithin(domainOf(email), this.#deps.rules.deniedDomains)) throw AuthErrors.emailDomainRefused()
  }

  /** That a program walked into the trap of a form. */
  recordTrapped(client: Origin): Promise<void> {
    return this.#deps.refusals.record(AuthEvents.signUpRefused(null, { reason: 'honeypot' }, client))
  }

  async #byInvite(email: string, inviteToken: string | undefined): Promise<Admission> {
    const { signUpInvites, inviteTokens, clock, rules } = this.#deps
    if (inviteToken === undefined) {
      const isOpen = rules.policy === 'domain' && rules.allowedDomains.includes(domainOf(email))
      if (rules.policy !== 'public' && !isOpen) throw AuthErrors.inviteRequired()
      return { invite: null, provesAddress: false }
    }
    if (!inviteTokens.isToken(inviteToken)) throw AuthErrors.invalidInvite()
    const invite = await inviteTokens.digestOf(inviteToken)
    const found = await signUpInvites.findOpen(invite, email, clock.now())
    if (!found) throw AuthErrors.invalidInvite()
    return { invite, provesAddress: found.email !== null }
  }

  /** Puts a refusal into the audit trail. */
  async #told<T>(client: Origin, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const reason = error instanceof DomainError ? reasons[error.code] : undefined
      if (reason) await this.#deps.refusals.record(AuthEvents.signUpRefused(null, { reason }, client))
      throw error
    }
  }
}

const reasons: Readonly<Record<string, 'invite_required' | 'invalid_invite' | 'email_domain' | 'quota'>> = {
  [AuthErrors.inviteRequired.code]: 'invite_required',
  [AuthErrors.invalidInvite.code]: 'invalid_invite',
  [AuthErrors.emailDomainRefused.code]: 'email_domain',
  [AuthErrors.tooManySignUps.code]: 'quota',
}
