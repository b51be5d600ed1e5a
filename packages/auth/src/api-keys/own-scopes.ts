import { AuthErrors } from '../auth-errors.ts'

/** @throws `auth/scope-not-yours` */
export function requireOwnScopes(own: ReadonlySet<string>, asked: readonly string[]): void {
  const foreign = asked.filter((scope) => !own.has(scope))
  if (foreign.length > 0) throw AuthErrors.scopeNotYours({ detail: `You do not have ${foreign.join(', ')}.` })
}
