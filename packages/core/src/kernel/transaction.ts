/**
 * Lends `work` a scope in which every write commits together or not at all.
 *
 * Called inside another transaction it joins that one. `work` performs no effect other than through its scope: no network
 * call, no write through a repository from outside.
 */
export type Transaction<Scope> = <T>(work: (scope: Scope) => Promise<T>) => Promise<T>
