import type { RequestHeaders } from './http-request.ts'
import type { Client } from './implement.ts'
import type { Principal } from './principal.ts'

/** A known caller who is about to use a permission. */
export interface GateCall {
  readonly principal: Principal
  readonly method: string
  readonly headers: RequestHeaders
  /** Method and path of the endpoint, as in its contract. */
  readonly endpoint: string
  readonly client: Client
}

/**
 * Whether permissions count right now, asked at every endpoint that needs one, after the caller was found to have them. Endpoints
 * without permissions are about the person, and those of operators about the platform: they are never asked about.
 *
 * @throws DomainError when not.
 */
export type Gate = (call: GateCall) => Promise<void>
