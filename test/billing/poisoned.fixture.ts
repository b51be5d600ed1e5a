import type { GatewayObject, PaymentGateway } from '@corbel/billing/ports'
import { fakeGateway } from './fake-gateway.fixture.ts'

/** The subscription whose events do harm. */
export const poisonId = 'sub_poison'

/** The fake gateway, with an adapter that cannot read one object without `harm`. */
export function poisoned(harm: () => void): ReturnType<typeof fakeGateway> {
  const fake = fakeGateway()
  const read: PaymentGateway['read'] = (payload) => {
    const { object } = payload as { readonly object?: GatewayObject }
    if (object?.value.id === poisonId) harm()
    return fake.gateway.read(payload)
  }
  return { ...fake, gateway: { ...fake.gateway, read } }
}
