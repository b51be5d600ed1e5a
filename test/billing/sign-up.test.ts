import { newId } from '@corbel/core'
import { TenantEvents } from '@corbel/core/tenant'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { openLocalBilling } from './local-billing.fixture.ts'

describe.each(await backends())('plans chosen when signing up, on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  const register = async (
    { stack }: Awaited<ReturnType<typeof openLocalBilling>>,
    planCode?: string,
    email = 'ada@example.com',
  ) => {
    const body = {
      email,
      password: 'a password of some length',
      tenantName: 'Ada',
      acceptTerms: true,
      ...(planCode !== undefined && { planCode }),
    }
    const request = new Request('http://127.0.0.1:3000/api/v1/auth/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const response = await stack.fetch(request, { remoteAddress: '192.0.2.1' })
    const answer = (await response.json()) as { tenant?: { id: `ten_${string}` }; code?: string }
    return { status: response.status, code: answer.code, tenantId: answer.tenant?.id ?? newId('ten') }
  }

  test('a registration with a plan begins its trial, once, however often it is told', async () => {
    const open = await openLocalBilling(opened)
    const { stack, settled, subscriptions, count } = open
    const { status, tenantId } = await register(open, 'starter')
    expect(status).toBe(201)
    await settled()
    expect(await subscriptions.get(tenantId)).toMatchObject({ planCode: 'starter', status: 'trialing' })
    // Ended since: what comes late must not begin another.
    await subscriptions.cancel({ tenantId }, { when: 'now' })
    const { signUpPlans } = stack.billing
    await Promise.all([1, 2, 3].map(() => signUpPlans.enqueue(newId('evt'), tenantId, 'pro')))
    await settled()
    expect(await subscriptions.get(tenantId)).toMatchObject({ planCode: 'starter', status: 'canceled' })
    expect(await count('customer.subscription.created')).toBe(1)
  })

  test('a plan that does not exist is refused before anything is made', async () => {
    const open = await openLocalBilling(opened)
    expect(await register(open, 'platinum')).toMatchObject({ status: 422, code: 'auth/plan-unknown' })
    const claimed = await opened.storage.outbox.claim({ limit: 100, leaseMs: 1000 })
    expect(claimed.filter(({ type }) => type === TenantEvents.created.type)).toHaveLength(1)
    expect(await register(open, 'starter')).toMatchObject({ status: 201 })
  })

  test('a gateway that is away delays the trial and never the registration', async () => {
    const open = await openLocalBilling(opened)
    const { faulty, settled, subscriptions, clock, count } = open
    faulty(() => 'no-request')
    const { status, tenantId } = await register(open, 'starter')
    expect(status).toBe(201)
    await settled()
    await expect(subscriptions.get(tenantId)).rejects.toMatchObject({ code: 'billing/no-subscription' })
    faulty(undefined)
    // By the clock of the database the job waits; the command that it left does not.
    clock.advance('1h')
    await open.stack.billing.commands.recoverDue()
    await open.stack.billing.signUpPlans.provision(tenantId, 'starter')
    expect(await subscriptions.get(tenantId)).toMatchObject({ status: 'trialing' })
    expect(await count('customer.created')).toBe(1)
  })

  test('many who are told of one tenant at once begin one subscription', async () => {
    const { stack, tenantId, count } = await openLocalBilling(opened)
    const provision = () => stack.billing.signUpPlans.provision(tenantId, 'starter')
    const answers = await Promise.allSettled(Array.from({ length: 16 }, provision))
    const codes = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [(answer.reason as { readonly code: string }).code] : [],
    )
    expect(codes.filter((code) => code !== 'billing/change-in-progress')).toEqual([])
    await provision()
    expect(await count('customer.subscription.created')).toBe(1)
  })

  test('the plan of the settings is for those who choose none; one that cannot be had without paying is left to a checkout', async () => {
    const open = await openLocalBilling(opened, { settings: { SIGNUP_DEFAULT_PLAN_CODE: 'pro' } })
    const { tenantId } = await register(open)
    const { tenantId: other } = await register(open, 'starter', 'grace@example.com')
    await open.settled()
    expect(await open.subscriptions.get(tenantId)).toMatchObject({ planCode: 'pro', status: 'trialing' })
    expect(await open.subscriptions.get(other)).toMatchObject({ planCode: 'starter' })
  })

  test('a plan of the settings that does not exist stops the start', async () => {
    const { stack } = await openLocalBilling(opened, { settings: { SIGNUP_DEFAULT_PLAN_CODE: 'platinum' } })
    expect(stack.billing.signUpPlans.problems()).toMatchObject([{ subject: 'SIGNUP_DEFAULT_PLAN_CODE' }])
    await expect(stack.start()).rejects.toThrow(/billing/)
    await stack.stop()
  })

  test('without billing nothing is asked of a gateway', async () => {
    const open = await openLocalBilling(opened, { settings: { ENABLE_BILLING: 'false' } })
    expect(await register(open, 'starter')).toMatchObject({ status: 201 })
    await open.settled()
    expect(await open.count('customer.created')).toBe(0)
  })
})
