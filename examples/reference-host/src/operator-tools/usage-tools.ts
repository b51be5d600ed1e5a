import { UsagePeriod } from '@corbel/billing'
import { idSchema } from '@corbel/core'
import { ChangeFeatures, type PlatformTenant } from '@corbel/core/tenant'
import type { UsageRow, UsageTools } from 'corbel'
import type { HostStack } from '../stack.ts'

const tenantId = idSchema('ten')

export function usageTools({ billing, tenant }: HostStack): UsageTools {
  async function rowsOf({ id, name }: Pick<PlatformTenant, 'id' | 'name'>, period: UsagePeriod) {
    const { from, until, totals } = await billing.usage.totals(id, period)
    const seats = await billing.subscriptions.seatLimit(id)
    if (totals.length === 0 && seats === null) return []
    const { planCode, entitlements } = await billing.entitlements.get(id)
    const row = (feature: string, used: string, limit: number | null): UsageRow => ({
      tenantId: id,
      tenantName: name,
      planCode,
      feature,
      from,
      until,
      used,
      limit,
    })
    return [
      ...totals.map(({ featureKey, quantity }) => {
        const entitlement = entitlements[featureKey]
        return row(featureKey, quantity, typeof entitlement === 'object' ? entitlement.limit : null)
      }),
      // As of now, whichever period is asked for.
      ...(seats === null ? [] : [row('members', String(seats.members), seats.max)]),
    ]
  }

  return {
    async report({ tenantId: only, ...query }) {
      const period = UsagePeriod.parse(query)
      if (only !== undefined) return rowsOf(await tenant.lifecycle.get(tenantId.parse(only)), period)
      const rows: UsageRow[] = []
      let cursor: string | null = null
      do {
        const page = await tenant.lifecycle.list({ limit: 100, ...(cursor !== null && { cursor }) })
        for (const each of page.data) rows.push(...(await rowsOf(each, period)))
        cursor = page.nextCursor
      } while (cursor !== null)
      return rows
    },
    overrides: async (id) => (await tenant.features.overridesOf(tenantId.parse(id))).features,
    override: async (id, features) =>
      void (await tenant.features.change(tenantId.parse(id), ChangeFeatures.parse({ features }))),
  }
}
