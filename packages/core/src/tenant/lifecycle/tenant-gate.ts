import type { Gate } from '../../http/gate.ts'
import { isCleanText } from '../../kernel/text.ts'
import { TenantErrors } from '../tenant-errors.ts'
import type { LifecycleService } from './lifecycle-service.ts'

/** In which an operator says why they read what belongs to a suspended tenant. */
const reasonHeader = 'x-operator-reason'
const reasonLength = { least: 3, most: 256 }

/**
 * Refuses every use of a permission in a tenant that is not active. An operator of the platform may read in a suspended one when they
 * give a reason, which goes into the audit trail of the tenant.
 */
export const tenantGate =
  (lifecycle: Pick<LifecycleService, 'statusOf' | 'recordOverride'>): Gate =>
  async ({ principal, method, headers, endpoint, client }) => {
    const status = await lifecycle.statusOf(principal.tenantId)
    if (status === 'active') return
    const refused = TenantErrors.notActive({ detail: `The tenant is ${status}.` })
    const isOperator = principal.kind === 'user' && principal.operator
    const reason = headers.get(reasonHeader)?.trim()
    if (status !== 'suspended' || !isOperator || reason === undefined || method !== 'GET') throw refused
    if (!isCleanText(reason) || reason.length < reasonLength.least || reason.length > reasonLength.most)
      throw TenantErrors.operatorReasonInvalid()
    await lifecycle.recordOverride(principal, { endpoint, reason }, client)
  }
