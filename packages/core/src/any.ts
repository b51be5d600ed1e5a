/**
 * The one place where the package says `any`: type parameters of modules are used both ways, so "some module" has no other
 * spelling, and values are only handed on between what those parameters tie together.
 */
export type Any = any
