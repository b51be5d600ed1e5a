/** What a tenant used of a feature in a period, and how much of it was included. */
export interface UsageRow {
  readonly tenantId: string
  readonly tenantName: string
  readonly planCode: string | null
  readonly feature: string
  readonly from: string
  readonly until: string
  /** A decimal number as text. */
  readonly used: string
  /** Null: without limit. */
  readonly limit: number | null
}

/** What operators grant or cap by hand, by feature; null takes an override away. */
export type Overrides = Readonly<Record<string, boolean | number | null>>

export interface UsageTools {
  /** Without a period: the present one of each tenant. Without a tenant: of all. */
  report(query: {
    readonly from?: string
    readonly until?: string
    readonly tenantId?: string
  }): Promise<readonly UsageRow[]>
  /** What is granted or capped by hand now. */
  overrides(tenantId: string): Promise<Readonly<Record<string, boolean | number>>>
  /** Keys that are not named stay as they are. */
  override(tenantId: string, change: Overrides): Promise<void>
}
