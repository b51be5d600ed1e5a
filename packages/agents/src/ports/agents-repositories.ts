/** What the module keeps, by noun. */
export type AgentsRepositories = Record<never, never>
