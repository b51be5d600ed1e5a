import type { InboxSelection } from '../tools/payment-tools.ts'

/** Which events of the inbox, as flags. */
export type SelectionFlags = {
  readonly type?: string
  readonly tenant?: string
  readonly status?: string
  readonly object?: string
  readonly from?: string
  readonly until?: string
}

export const selectionOf = ({
  type,
  tenant,
  status,
  object,
  from,
  until,
}: SelectionFlags): InboxSelection => ({
  ...(type !== undefined && { type }),
  ...(tenant !== undefined && { tenantId: tenant }),
  ...(status !== undefined && { status }),
  ...(object !== undefined && { objectId: object }),
  ...(from !== undefined && { from }),
  ...(until !== undefined && { until }),
})
