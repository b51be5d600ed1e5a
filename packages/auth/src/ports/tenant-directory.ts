import type { TenantService } from '@corbel/core/tenant'

/** The part of tenancy that auth relies on. */
export type TenantDirectory = Pick<TenantService, 'create' | 'draft'>
