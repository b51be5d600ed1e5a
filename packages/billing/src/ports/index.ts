// What an adapter's author imports: interfaces, the errors they throw, reference implementations, and the suites that are their law.

export type { BillingRepositories } from './billing-repositories.ts'
