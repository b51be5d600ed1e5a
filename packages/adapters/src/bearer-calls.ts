import { type Clock, type Secret, systemClock } from '@corbel/core/ports'
import { callService, type ServiceAnswer, type ServiceCall } from './service-call.ts'
import { ServiceError } from './service-error.ts'

export interface AccessToken {
  readonly value: Secret
  readonly lifetimeSeconds: number
}

interface HeldToken {
  readonly value: Secret
  readonly staleAt: number
}

// A request that begins with the token must end before the token does.
const marginSeconds = 60

/**
 * Calls with an access token, which is fetched by the first one, shared by all, and fetched anew shortly before it ends or when the
 * service refuses it.
 */
export function bearerCalls(
  fetchToken: () => Promise<AccessToken>,
  clock: Clock = systemClock,
): (call: ServiceCall) => Promise<ServiceAnswer> {
  let held: Promise<HeldToken> | null = null

  async function renew(): Promise<HeldToken> {
    const { value, lifetimeSeconds } = await fetchToken()
    return { value, staleAt: clock.now().getTime() + (lifetimeSeconds - marginSeconds) * 1000 }
  }

  function begin(): Promise<HeldToken> {
    const token = renew()
    held = token
    token.catch(() => {
      if (held === token) held = null
    })
    return token
  }

  async function token(refused?: HeldToken): Promise<HeldToken> {
    const before = held
    const present = await (before ?? begin())
    if (present !== refused && clock.now().getTime() < present.staleAt) return present
    // Of callers that find it so at once, one fetches.
    return held === before && before !== null ? begin() : (held ?? begin())
  }

  const sendWith = (call: ServiceCall, { value }: HeldToken): Promise<ServiceAnswer> =>
    callService({ ...call, headers: { ...call.headers, authorization: `Bearer ${value.reveal()}` } })

  return async (call) => {
    const first = await token()
    try {
      return await sendWith(call, first)
    } catch (error) {
      if (!(error instanceof ServiceError && error.status === 401)) throw error
      return sendWith(call, await token(first))
    }
  }
}

/** An answer of OAuth 2.0 (RFC 6749 §5.1); some count the seconds as text. */
export function accessTokenOf(
  service: string,
  { body, status }: ServiceAnswer,
  toSecret: (text: string) => Secret,
): AccessToken {
  const { access_token: value, expires_in: seconds } = body
  const lifetimeSeconds = Number(seconds)
  if (typeof value !== 'string' || !(lifetimeSeconds > 0))
    throw new ServiceError({ service, request: 'a sign-in, without a token', status })
  return { value: toSecret(value), lifetimeSeconds }
}
