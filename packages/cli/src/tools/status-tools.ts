import type { ListPage, PageWish } from './payment-tools.ts'

export interface ShownIncident {
  readonly id: string
  readonly title: string
  readonly severity: string
  readonly state: string
  readonly startedAt: string
  readonly resolvedAt: string | null
}

export interface ShownSubscription {
  readonly id: string
  readonly channel: string
  readonly state: string
  readonly severity: string
  readonly createdAt: string
}

/** The status page. Inputs are as its endpoints take them, and are checked there. */
export interface StatusTools {
  readonly incidents: {
    list(query: PageWish): Promise<ListPage<ShownIncident>>
    open(incident: {
      readonly title: string
      readonly severity: string
      readonly message: string
    }): Promise<ShownIncident>
    update(id: string, update: { readonly state: string; readonly message: string }): Promise<ShownIncident>
    /** Tells everybody again what was said last. */
    resend(id: string): Promise<void>
  }
  readonly subscriptions: {
    list(query: PageWish & { readonly target?: string }): Promise<ListPage<ShownSubscription>>
    remove(id: string): Promise<void>
  }
}
