/** Where a stack runs. It decides defaults, what is required, and what is refused. */
export type Profile = 'local' | 'staging' | 'production'

export const profiles: readonly Profile[] = ['local', 'staging', 'production']
