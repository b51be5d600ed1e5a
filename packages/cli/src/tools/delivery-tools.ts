import type { ListPage, PageWish } from './payment-tools.ts'

/** A mail, a webhook or a message on its way to one recipient, who is named by an id. */
export interface ShownDelivery {
  readonly id: string
  readonly route: string
  readonly recipient: string
  readonly tenantId: string | null
  readonly eventType: string
  readonly status: string
  readonly attempts: number
  readonly result: string | null
  readonly createdAt: string
}

/** What left and what is to leave. Inputs are as the endpoints take them, and are checked there. */
export interface DeliveryTools {
  list(
    query: PageWish & { readonly status?: string; readonly route?: string; readonly tenantId?: string },
  ): Promise<ListPage<ShownDelivery>>
  /** Begins it again; whoever delivers for the stack sends it. */
  redeliver(id: string): Promise<ShownDelivery>
}
