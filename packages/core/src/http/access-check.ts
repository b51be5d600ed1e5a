import type { Assurance, OperatorAccess, UserAccess } from '../contract/access.ts'
import { type Duration, milliseconds, seconds } from '../kernel/duration.ts'
import { HttpErrors } from './http-errors.ts'
import type { Principal } from './principal.ts'

export interface AccessConditions {
  readonly now: Date
  readonly requireVerifiedEmail: boolean
}

/**
 * Whether a principal may call an endpoint. An unverified e-mail address only closes endpoints with scopes, so that its
 * owner can still sign out and ask for another mail.
 *
 * @throws `http/forbidden`, `http/missing-scope`, `http/email-unverified`, `http/assurance-required`.
 */
export function authorize(
  access: UserAccess | OperatorAccess,
  principal: Principal,
  conditions: AccessConditions,
): void {
  if (access.kind === 'operator') {
    if (!principal.operator)
      throw HttpErrors.forbidden({ detail: 'Only operators of the platform may do this.' })
  } else if (access.scopes.length > 0) {
    if (conditions.requireVerifiedEmail && !principal.emailVerified) throw HttpErrors.emailUnverified()
    for (const scope of access.scopes)
      if (!principal.scopes.has(scope)) throw missingScope(scope, access.scopes)
  }
  if (access.assurance) requireAssurance(access.assurance, principal, conditions.now)
}

const missingScope = (scope: string, all: readonly string[]) =>
  HttpErrors.missingScope({
    detail: `This needs the permission "${scope}".`,
    headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${all.join(' ')}"` },
  })

function requireAssurance({ aal, maxAge }: Assurance, principal: Principal, now: Date): void {
  const isStrong = aal === undefined || principal.aal >= aal
  const isRecent =
    maxAge === undefined || now.getTime() - principal.authenticatedAt.getTime() <= milliseconds(maxAge)
  if (!isStrong || !isRecent)
    throw HttpErrors.assuranceRequired({ headers: { 'www-authenticate': challenge(aal, maxAge) } })
}

// RFC 9470 §3
function challenge(aal: Assurance['aal'], maxAge: Duration | undefined): string {
  const parameters = ['error="insufficient_user_authentication"']
  if (aal !== undefined) parameters.push(`acr_values="aal${aal}"`)
  if (maxAge !== undefined) parameters.push(`max_age="${seconds(maxAge)}"`)
  return `Bearer ${parameters.join(', ')}`
}

/** The tenant comes from the credential; the header may only agree. @throws `http/tenant-mismatch` */
export function requireSameTenant(headers: Headers, principal: Principal): void {
  const named = headers.get('x-tenant-id')
  if (named !== null && named !== principal.tenantId) throw HttpErrors.tenantMismatch()
}
