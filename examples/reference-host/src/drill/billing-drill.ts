import type { Tour } from '../tour/tour.ts'
import type { LiveEvents } from './live-events.ts'
import type { PaymentProvider } from './payment-provider.ts'
import { until } from './until.ts'

/** Who takes part in the drill. */
export interface BillingDrill {
  readonly tour: Tour
  readonly provider: PaymentProvider
  readonly live: LiveEvents
  readonly tenantId: string
  /** Of the owner of the tenant, and of an operator. */
  readonly token: string
  readonly operator: string
}

export type State = Readonly<Record<string, unknown>>

export const at = ({ tenantId }: Pick<BillingDrill, 'tenantId'>, path: string): string =>
  `/api/v1/billing/tenants/${tenantId}${path}`

/** The subscription as the tenant sees it. */
export async function subscriptionOf(drill: BillingDrill): Promise<State> {
  const { tour, token } = drill
  const { status, body } = await tour.call('GET', at(drill, '/subscription'), { token })
  return status === 200 ? body : { status: 'none', access: 'none' }
}

/** Waits until the subscription is like this, and says what it is. */
export async function comesTo(drill: BillingDrill, what: string, expected: State): Promise<State> {
  let state: State = {}
  await until(`${what}: ${JSON.stringify(expected)}`, async () => {
    state = await subscriptionOf(drill)
    return Object.entries(expected).every(([name, value]) => state[name] === value)
  }).catch((error: unknown) => {
    throw new Error(`It is ${JSON.stringify(state)}.`, { cause: error })
  })
  const { status, planCode, access, cancelAt } = state
  const ends = typeof cancelAt === 'string' ? `, ends ${cancelAt.slice(0, 10)}` : ''
  drill.tour.tell(`${what}: ${String(status)}, plan ${String(planCode)}, access ${String(access)}${ends}`)
  return state
}

/** Waits until the tenant was told of something. */
export const isTold = (
  { live }: BillingDrill,
  type: string,
  data: Readonly<Record<string, unknown>> = {},
): Promise<void> =>
  until(`the stream tells ${type} ${JSON.stringify(data)}`, () =>
    live.seen.some(
      (event) =>
        event.type === type && Object.entries(data).every(([name, value]) => event.data[name] === value),
    ),
  )
