import { email } from '@corbel/core'
import { type Tenant, TenantName } from '@corbel/core/tenant'
import * as z from 'zod'
import { Password, type User } from './user.ts'

/** Who is to run the platform. Given by the host, never by a request. */
export const NewOperator = z.strictObject({
  email,
  password: Password,
  /** The tenant of the platform's own people. */
  tenantName: TenantName.default('Platform'),
})
export type NewOperator = z.input<typeof NewOperator>

export interface Operator {
  readonly user: User
  readonly tenant: Tenant
}
