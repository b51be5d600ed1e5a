import type { Secret } from '../kernel/secret.ts'
import { bearerOf } from './bearer.ts'
import { isLoopback } from './client-ip.ts'
import { HttpErrors } from './http-errors.ts'
import type { RequestHeaders } from './http-request.ts'

/** @throws `http/unauthenticated` unless the caller is this machine or knows the monitor token. */
export type MonitorCheck = (headers: RequestHeaders, peer: string | undefined) => Promise<void>

/** A peer on loopback counts only without forwarding headers: with them it is a proxy that speaks for somebody else. */
export function createMonitorCheck(token: Secret | undefined): MonitorCheck {
  const expected = token && digest(token.reveal())
  return async (headers, peer) => {
    if (
      isLoopback(peer) &&
      !headers.has('x-forwarded-for') &&
      !headers.has('forwarded') &&
      !headers.has('x-real-ip')
    )
      return
    const given = bearerOf(headers)
    if (given !== null && expected && equal(await digest(given), await expected)) return
    throw HttpErrors.unauthenticated({
      detail: 'This is open to the machine itself and to holders of the monitor token.',
    })
  }
}

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

/** Takes the same time wherever two digests differ. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0)
  return difference === 0
}
