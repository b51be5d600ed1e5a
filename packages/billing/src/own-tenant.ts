import { type Id, idSchema } from '@corbel/core'
import { TenantErrors } from '@corbel/core/tenant'
import * as z from 'zod'

/** The tenant in a path, which may only repeat the caller's own. */
export const TenantPath = z.object({ tenantId: idSchema('ten') })

/** @throws `tenant/not-found` for every tenant but the caller's. */
export function ownTenant(
  principal: { readonly tenantId: Id<'ten'> },
  { tenantId }: z.infer<typeof TenantPath>,
): Id<'ten'> {
  if (tenantId !== principal.tenantId) throw TenantErrors.notFound()
  return tenantId
}
