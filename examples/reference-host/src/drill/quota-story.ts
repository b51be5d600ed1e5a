import assert from 'node:assert/strict'
import { at, type BillingDrill, isTold } from './billing-drill.ts'

const limit = 3

const chat = ({ tour, token }: BillingDrill) =>
  tour.call('POST', '/api/v1/chat', { token, body: { message: 'Hello.' } })

/** An operator caps the tenant, so that three messages are enough to come to the limit. */
export async function spendTheQuota(drill: BillingDrill): Promise<void> {
  const { tour, token, operator, tenantId } = drill
  tour.chapter('The limit of a plan')
  await tour.show(
    `an operator caps the messages of agents at ${limit}`,
    200,
    'PUT',
    `/api/v1/platform/tenants/${tenantId}/features`,
    { token: operator, body: { features: { 'agent-messages': limit } } },
  )
  let answered = 0
  for (;;) {
    const { status, body, headers } = await chat(drill)
    if (status === 200) {
      assert.equal(body['errorCode'], null)
      answered++
      assert.ok(answered <= limit, 'more was answered than the plan allows')
      continue
    }
    assert.equal(status, 429, JSON.stringify(body))
    const { planCode, featureKey, limitValue, usage } = body['quota'] as Record<string, unknown>
    assert.deepEqual([planCode, featureKey, limitValue], ['starter', 'agent-messages', limit])
    tour.tell(
      `${answered} were answered, the next is refused: 429 ${String(body['code'])}, ${String(usage)} of ${limit} used, again in ${headers.get('retry-after')} s`,
    )
    break
  }
  const { entitlements } = await tour.show('what the plan allows', 200, 'GET', at(drill, '/entitlements'), {
    token,
  })
  assert.equal((entitlements as Record<string, { limit: number }>)['agent-messages']?.limit, limit)
}

/** The limit of the larger plan is soft: it only tells. Its period has just begun, so counting has, too. */
export async function exceedSoftly(drill: BillingDrill): Promise<void> {
  const { tour } = drill
  tour.chapter('The same limit, softly')
  for (let message = 0; message <= limit; message++) {
    const { status, body } = await chat(drill)
    assert.deepEqual([status, body['errorCode']], [200, null], JSON.stringify(body))
  }
  await isTold(drill, 'billing.quota.exceeded', { featureKey: 'agent-messages', limit })
  tour.tell(`${limit + 1} messages are answered, and the tenant is told that it exceeds its plan`)
}
