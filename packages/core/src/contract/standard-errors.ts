import type { ErrorStatus } from '../kernel/errors.ts'
import { needsPerson, needsPrincipal } from './access.ts'
import { type Endpoint, isIdempotent } from './contract.ts'

/** A failure that the HTTP layer itself can answer with. */
export interface StandardError {
  readonly status: ErrorStatus
  readonly code: `http/${string}`
}

const of = (status: ErrorStatus, ...names: readonly string[]): readonly StandardError[] =>
  names.map((name) => ({ status, code: `http/${name}` }))

/** The failures that can happen at an endpoint before its handler decides anything. */
export function standardErrors(endpoint: Endpoint): readonly StandardError[] {
  const { access, body, method, rateLimit, streamLimit, session, versioned } = endpoint
  const isWrite = method !== 'GET'
  const signsIn = needsPrincipal(access)
  const hasScopes = 'scopes' in access && access.scopes.length > 0
  return [
    ...of(400, 'invalid-path', 'invalid-request'),
    ...(body?.kind === 'json' ? of(400, 'malformed-json', 'body-too-deep', 'body-too-many-values') : []),
    ...(signsIn || session ? of(400, 'ambiguous-credentials') : []),
    ...(session === 'opens' ? of(400, 'cookie-mode-off') : []),
    ...(signsIn ? of(401, 'unauthenticated', 'invalid-token') : []),
    ...(!signsIn && session && session !== 'opens' ? of(401, 'invalid-token') : []),
    ...(signsIn && 'assurance' in access ? of(401, 'assurance-required') : []),
    ...(access.kind === 'monitor' ? of(401, 'unauthenticated') : []),
    ...(signsIn || session ? of(403, 'cross-site') : []),
    ...(signsIn ? of(403, 'tenant-mismatch') : []),
    ...(signsIn && access.kind !== 'scope' ? of(403, 'person-required') : []),
    ...(needsPerson(access) ? of(403, 'not-in-person') : []),
    ...(hasScopes ? of(403, 'missing-scope', 'email-unverified') : []),
    ...(access.kind === 'operator' ? of(403, 'forbidden') : []),
    ...(isWrite ? of(413, 'body-too-large') : []),
    ...(body ? of(415, 'unsupported-media-type') : []),
    ...(isWrite && versioned ? [...of(412, 'precondition-failed'), ...of(428, 'precondition-required')] : []),
    ...(takesIdempotencyKey(endpoint)
      ? [
          ...of(400, 'idempotency-key-invalid'),
          ...of(409, 'idempotency-in-flight'),
          ...of(422, 'idempotency-key-reused'),
        ]
      : []),
    ...(rateLimit || streamLimit ? of(429, 'rate-limited') : []),
  ]
}

/** Answers that are read as they come cannot be kept for a replay. */
export const takesIdempotencyKey = (endpoint: Endpoint): boolean =>
  isIdempotent(endpoint) && endpoint.success.kind !== 'eventStream' && endpoint.success.kind !== 'content'
