import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localStripe } from '@corbel/adapters/local-stripe'
import { Secret } from '@corbel/core'
import {
  type Environment,
  type HostProcess,
  runScript,
  spawnHost,
} from '../../examples/reference-host/src/spawn-host.ts'
import { runCli } from '../../packages/cli/src/cli.fixture.ts'
import { recordBackend } from '../backends.ts'
import { get, post, register, signIn } from './api.fixture.ts'
import { readRunbook, sendCurl, wordsOf } from './runbook.fixture.ts'
import { tempFolder } from './temp-folder.fixture.ts'

const startLimit = 120_000
const ada = { email: 'ada@example.com', password: 'a password of some length' }

const grace = { ...ada, email: 'grace@example.com' }

const printed = (host: HostProcess, name: string): string =>
  new RegExp(`^ +${name} +(\\S+)$`, 'm').exec(host.stdout)?.[1] ?? ''

/** Somebody who owns a tenant, and where the billing of that tenant is. */
async function owner({ url }: HostProcess, { email, password } = ada) {
  const token = (await signIn(url, email, password)) ?? ''
  const { body } = await get(url, '/api/v1/auth/me', token)
  return { token, at: `/api/v1/billing/tenants/${String(body['tenantId'])}` }
}

/** Comes back with the events that the gateway has told and the host has applied, once one of this type is among them. */
async function applied({ url }: HostProcess, operator: string, type: string): Promise<readonly unknown[]> {
  for (;;) {
    const { body } = await get(url, `/api/v1/billing/inbox?type=${type}`, operator)
    // Of several about one object in one second, one is applied for all.
    const events = (body['data'] as readonly { readonly status: string }[]).filter(
      ({ status }) => status === 'done' || status === 'superseded',
    )
    // An event that never comes is a test that never ends.
    if (events.length > 0) return events
    await delay(50)
  }
}

describe('billing without an account of Stripe', { timeout: startLimit }, () => {
  const env = { CORBEL_DATA_DIR: join(tempFolder(), 'data') }
  let host: HostProcess
  let operator = { email: '', password: '' }

  beforeAll(async () => {
    host = await spawnHost(env)
    recordBackend('reference host on pglite')
    operator = { email: printed(host, 'e-mail'), password: printed(host, 'password') }
    await register(host.url, ada.email, ada.password)
    await register(host.url, grace.email, grace.password)
  }, startLimit)

  afterAll(() => host?.end('SIGKILL'))

  it('sells the default plans', async () => {
    const { status, body } = await get(host.url, '/api/v1/billing/plans', 'none')
    expect(status).toBe(200)
    expect(body['data']).toMatchObject([{ code: 'starter' }, { code: 'pro' }])
  })

  it('starts a trial, and hears of it from the gateway too', async () => {
    const { token, at } = await owner(host)
    expect(await post(host.url, `${at}/subscription`, { planCode: 'starter' }, token)).toMatchObject({
      status: 201,
      body: { planCode: 'starter', status: 'trialing', access: 'full' },
    })
    const session = (await signIn(host.url, operator.email, operator.password)) ?? ''
    expect(await applied(host, session, 'customer.subscription.created')).toHaveLength(1)
    const all = '/api/v1/billing/reconcile'
    expect(await post(host.url, all, { dryRun: true, cursor: 'listed:' }, session)).toMatchObject({
      status: 200,
      body: { dryRun: true, checked: 1, missedEvents: [], differences: [], nextCursor: 'open:' },
    })
    expect((await post(host.url, all, { cursor: 'elsewhere' }, session)).status).toBe(400)
    expect((await post(host.url, all, { dryRun: true }, token)).status).toBe(403)
  })

  it('subscribes whoever pays on the page of the checkout, and nobody whose card is declined', async () => {
    const { token, at } = await owner(host, grace)
    const order = { planCode: 'pro', trialDays: 0, successPath: '/thanks' }
    const { status, body } = await post(host.url, `${at}/checkout`, order, token)
    expect(status).toBe(201)
    const { origin, pathname } = new URL(String(body['url']))
    expect(origin).toBe('http://127.0.0.1:3000')
    const page = host.url + pathname
    expect(await (await fetch(page)).text()).toContain('no money moves')
    expect((await fetch(`${page}?card=declined`, { method: 'POST' })).status).toBe(402)
    expect((await get(host.url, `${at}/subscription`, token)).status).toBe(404)
    const paid = await fetch(page, { method: 'POST', redirect: 'manual' })
    expect(paid.status).toBe(303)
    expect(paid.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:3000\/thanks/)
    expect((await fetch(page, { method: 'POST' })).status).toBe(410)
    expect((await fetch(`${page}x`)).status).toBe(404)
    const session = (await signIn(host.url, operator.email, operator.password)) ?? ''
    await applied(host, session, 'checkout.session.completed')
    for (;;) {
      const { body: subscription } = await get(host.url, `${at}/subscription`, token)
      if (subscription['status'] === 'active') return expect(subscription['planCode']).toBe('pro')
      await delay(50)
    }
  })

  it('holds agents to what the plan allows, however many ask at once, and says so before it begins', async () => {
    const { token, at } = await owner(host)
    const { body: me } = await get(host.url, '/api/v1/auth/me', token)
    const session = (await signIn(host.url, operator.email, operator.password)) ?? ''
    const features = `${host.url}/api/v1/platform/tenants/${String(me['tenantId'])}/features`
    const headers = { authorization: `Bearer ${session}`, 'content-type': 'application/json' }
    const cap = (limit: number | null) =>
      fetch(features, {
        method: 'PUT',
        headers,
        body: JSON.stringify({ features: { 'agent-messages': limit } }),
      })
    expect((await cap(3)).status).toBe(200)
    const chat = () => post(host.url, '/api/v1/chat', { message: 'Hello.' }, token)
    const answers = await Promise.all(Array.from({ length: 12 }, chat))
    const outcomes = answers.map(({ status, body }) => (status === 200 ? body['errorCode'] : body['code']))
    expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(3)
    for (const outcome of outcomes) expect([null, 'budget', 'agents/quota-exceeded']).toContain(outcome)
    const refused = await post(host.url, '/api/v1/chat', { message: 'Hello.' }, token)
    expect(refused).toMatchObject({ status: 429, body: { code: 'agents/quota-exceeded' } })
    const { body: allowed } = await get(host.url, `${at}/entitlements`, token)
    expect(refused.body['quota']).toEqual({
      planCode: 'starter',
      featureKey: 'agent-messages',
      limitType: 'hard',
      limitValue: 3,
      usage: 3,
      window: 'period',
      resetAt: allowed['until'],
    })
    // What is taken away is not there at all, and what is given back is.
    await cap(0)
    expect((await chat()).body['quota']).toMatchObject({ limitValue: 0 })
    await cap(null)
    expect(await chat()).toMatchObject({ status: 200, body: { errorCode: null } })
  })

  it('does what the runbook says', async () => {
    const { commands, metrics } = readRunbook('billing-runbook.md')
    const TOKEN = (await signIn(host.url, operator.email, operator.password)) ?? ''
    const scraped = await (await fetch(`${host.url}/metrics`)).text()
    for (const metric of metrics) expect(scraped).toContain(`# TYPE ${metric} `)
    expect(metrics.length).toBeGreaterThan(3)
    const folder = tempFolder()
    const env = { FIXTURE_DIR: folder, FIXTURE_PEPPER: randomBytes(24).toString('base64url') }
    const done = await Promise.all(
      commands.map(async (command) => {
        const [program, ...words] = wordsOf(command, { HOST: host.url, TOKEN })
        if (program === 'curl') return [command, (await sendCurl([program, ...words])).status] as const
        const { code } = await runCli(words, { cwd: folder, env })
        return [command, program === 'corbel' && code === 0 ? 200 : code] as const
      }),
    )
    expect(done.length).toBeGreaterThan(7)
    expect(done).toEqual(commands.map((command) => [command, 200]))
  })

  it('has both sides of it after a kill -9', async () => {
    await host.end('SIGKILL')
    host = await spawnHost(env)
    const { token, at } = await owner(host)
    const before = await get(host.url, `${at}/subscription`, token)
    expect(before).toMatchObject({ status: 200, body: { planCode: 'starter', status: 'trialing', seats: 1 } })
    expect(await post(host.url, `${at}/subscription/cancel`, {}, token)).toMatchObject({
      status: 200,
      body: { id: before.body['id'], status: 'trialing', cancelAt: before.body['trialEnd'] },
    })
    const session = (await signIn(host.url, operator.email, operator.password)) ?? ''
    expect(await applied(host, session, 'customer.subscription.updated')).not.toEqual([])
  })
})

describe('billing with a key of Stripe', { timeout: startLimit }, () => {
  const [old, current] = [new Secret('whsec_of_before'), new Secret('whsec_of_now')]
  const keys: (string | undefined)[] = []
  let url = ''
  let host: HostProcess
  let local: Awaited<ReturnType<typeof localStripe>>
  const stripe = createServer((request, response) => {
    keys.push(request.headers.authorization)
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks).toString()
      const answer = await local.fetch(`http://127.0.0.1${request.url ?? ''}`, {
        method: request.method ?? 'GET',
        headers: Object.entries(request.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]),
        ...(body !== '' && { body }),
      })
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
    })()
  })

  beforeAll(async () => {
    local = await localStripe({
      webhookSecret: old,
      deliver: async ({ body, signature }) => {
        const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
        return (await fetch(`${host.url}/webhooks/stripe`, { method: 'POST', headers, body })).status
      },
    })
    const { catalog } = local.gateway
    const { id: productId } = await catalog.createProduct(
      { planCode: 'old-name', name: 'Starter' },
      'product',
    )
    const { id } = await catalog.createPrice(
      {
        productId,
        lookupKey: 'mine',
        unitAmount: '1500',
        currency: 'usd',
        interval: 'month',
        intervalCount: 1,
      },
      'price',
    )
    stripe.listen(0, '127.0.0.1')
    await once(stripe, 'listening')
    url = `http://127.0.0.1:${(stripe.address() as AddressInfo).port}`
    host = await spawnHost({
      CORBEL_DATA_DIR: join(tempFolder(), 'data'),
      STRIPE_SECRET_KEY: 'sk_test_of_the_host',
      STRIPE_BASE_URL: url,
      STRIPE_WEBHOOK_SECRET: `${current.reveal()},${old.reveal()}`,
      STRIPE_PRODUCT_PRICE_MAP: `corbel:starter:seat:month:usd=${id}`,
    })
    await register(host.url, ada.email, ada.password)
  }, startLimit)

  afterAll(async () => {
    await host?.end('SIGKILL')
    stripe.close()
  })

  it('sells the price of the map through the official client, and takes events signed with the secret of before', async () => {
    const { token, at } = await owner(host)
    expect(await post(host.url, `${at}/subscription`, { planCode: 'starter' }, token)).toMatchObject({
      status: 201,
      body: { planCode: 'starter', status: 'trialing' },
    })
    expect(new Set(keys)).toEqual(new Set(['Bearer sk_test_of_the_host']))
    const session = (await signIn(host.url, printed(host, 'e-mail'), printed(host, 'password'))) ?? ''
    expect(await local.flush()).toBeGreaterThan(0)
    expect(await applied(host, session, 'customer.subscription.created')).toHaveLength(1)
  })

  it('has nothing for a plan that is neither in the map nor provisioned', async () => {
    const { token, at } = await owner(host)
    const { status, body } = await post(host.url, `${at}/checkout`, { planCode: 'pro' }, token)
    expect({ status, code: body['code'] }).toEqual({ status: 503, code: 'billing/plan-not-provisioned' })
  })
})

describe('billing in production', { timeout: startLimit }, () => {
  const refused = async (env: Environment): Promise<readonly string[]> => {
    const { code, stderr } = await runScript('main.ts', {
      CORBEL_PROFILE: 'production',
      CORBEL_DATA_DIR: join(tempFolder(), 'data'),
      ...env,
    })
    expect(code).toBe(1)
    return stderr.split('\n').filter((line) => /^ {2}(?:gateway|STRIPE)/.test(line))
  }

  it('needs nothing while it is off', async () => {
    expect(await refused({})).toEqual([])
  })

  it('is refused without a key, and without a secret of its events', async () => {
    expect(await refused({ ENABLE_BILLING: 'true' })).toEqual([
      '  gateway is served by the embedded stand-in "local-stripe".',
    ])
    const key = { STRIPE_SECRET_KEY: `sk_live_${randomBytes(24).toString('hex')}` }
    expect(await refused({ ENABLE_BILLING: 'true', ...key })).toEqual(['  STRIPE_WEBHOOK_SECRET is missing.'])
  })
})
