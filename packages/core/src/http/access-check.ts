import {
  type Assurance,
  needsPerson,
  type OperatorAccess,
  type ScopeAccess,
  type UserAccess,
} from '../contract/access.ts'
import { type Duration, milliseconds, seconds } from '../kernel/duration.ts'
import { HttpErrors } from './http-errors.ts'
import type { RequestHeaders } from './http-request.ts'
import type { Principal, UserPrincipal } from './principal.ts'

export interface AccessConditions {
  readonly now: Date
  readonly requireVerifiedEmail: boolean
}

/**
 * Whether a principal may call an endpoint. An unverified e-mail address only closes endpoints with scopes, so that its
 * owner can still sign out and ask for another mail.
 *
 * @throws `http/forbidden`, `http/person-required`, `http/missing-scope`, `http/email-unverified`, `http/assurance-required`,
 * `http/not-in-person`.
 */
export function authorize(
  access: UserAccess | ScopeAccess | OperatorAccess,
  principal: Principal,
  conditions: AccessConditions,
): void {
  if (access.kind === 'scope') return requireScopes(access.scopes, principal, conditions)
  if (principal.kind !== 'user') throw HttpErrors.personRequired()
  if (principal.impersonatorId !== undefined && needsPerson(access)) throw HttpErrors.notInPerson()
  if (access.kind === 'user') requireScopes(access.scopes, principal, conditions)
  else if (!principal.operator)
    throw HttpErrors.forbidden({ detail: 'Only operators of the platform may do this.' })
  if (access.assurance) requireAssurance(access.assurance, principal, conditions.now)
}

function requireScopes(
  scopes: readonly string[],
  principal: Principal,
  { requireVerifiedEmail }: AccessConditions,
): void {
  if (scopes.length === 0) return
  if (requireVerifiedEmail && principal.kind === 'user' && !principal.emailVerified)
    throw HttpErrors.emailUnverified()
  for (const scope of scopes) if (!principal.scopes.has(scope)) throw missingScope(scope, scopes)
}

const missingScope = (scope: string, all: readonly string[]) =>
  HttpErrors.missingScope({
    detail: `This needs the permission "${scope}".`,
    headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${all.join(' ')}"` },
  })

function requireAssurance({ aal, maxAge }: Assurance, principal: UserPrincipal, now: Date): void {
  const isStrong = aal === undefined || principal.aal >= aal
  const isRecent =
    maxAge === undefined || now.getTime() - principal.authenticatedAt.getTime() <= milliseconds(maxAge)
  if (!isStrong || !isRecent)
    throw HttpErrors.assuranceRequired({
      detail: need(aal, maxAge),
      headers: { 'www-authenticate': challenge(aal, maxAge) },
    })
}

function need(aal: Assurance['aal'], maxAge: Duration | undefined): string {
  const what = aal === undefined ? 'This needs an authentication' : `This needs a session of level aal${aal}`
  return maxAge === undefined ? `${what}.` : `${what} of the last ${seconds(maxAge)} seconds.`
}

// RFC 9470 §3
function challenge(aal: Assurance['aal'], maxAge: Duration | undefined): string {
  const parameters = ['error="insufficient_user_authentication"']
  if (aal !== undefined) parameters.push(`acr_values="aal${aal}"`)
  if (maxAge !== undefined) parameters.push(`max_age="${seconds(maxAge)}"`)
  return `Bearer ${parameters.join(', ')}`
}

/** The tenant comes from the credential; the header may only agree. @throws `http/tenant-mismatch` */
export function requireSameTenant(headers: RequestHeaders, principal: Principal): void {
  const named = headers.get('x-tenant-id')
  if (named !== null && named !== principal.tenantId) throw HttpErrors.tenantMismatch()
}
