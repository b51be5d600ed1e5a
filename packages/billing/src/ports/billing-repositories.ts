/** What the module keeps, by noun. */
export type BillingRepositories = Record<never, never>
