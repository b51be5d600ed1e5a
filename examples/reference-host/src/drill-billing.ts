import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { at, type BillingDrill, comesTo } from './drill/billing-drill.ts'
import { Hosts } from './drill/hosts.ts'
import { type LiveEvent, LiveEvents } from './drill/live-events.ts'
import { openOwnSchema } from './drill/own-schema.ts'
import { PatientTour } from './drill/patient-tour.ts'
import { openPaymentProvider } from './drill/payment-provider.ts'
import { exceedSoftly, spendTheQuota } from './drill/quota-story.ts'
import { beginTrial, cancelAndResume, failToPay, recover, upgrade } from './drill/subscription-story.ts'
import { showSameAsProvider } from './drill/same-as-provider.ts'
import { auth, newMember } from './tour/member.ts'
import { operatorIn } from './tour/operators.ts'

// `npm run drill:billing`: a subscription from the registration to second thoughts, without an account of Stripe. With `--replicas 3`,
// DATABASE_URL and REDIS_URL the same while replicas are killed. Ends with 1 at the first surprise.
const { values: options } = parseArgs({ options: { replicas: { type: 'string', default: '1' } } })
const replicas = Number(options.replicas)
const folder = mkdtempSync(join(tmpdir(), 'corbel-drill-'))
const schema =
  replicas > 1 ? await openOwnSchema(process.env['DATABASE_URL'], process.env['REDIS_URL']) : null
let hosts: Hosts | null = null
const provider = await openPaymentProvider(() => hosts?.urls() ?? [])

const show = ({ type, data }: LiveEvent): void => {
  const { status, previousStatus, operation, featureKey, amountPaid } = data
  const what = [previousStatus, status ?? operation ?? featureKey].filter(Boolean).join(' -> ')
  const paid = typeof amountPaid === 'number' && amountPaid > 0 ? `, ${amountPaid / 100} paid` : ''
  console.log(`       ~ ${type} ${what}${paid}`)
}

let live: LiveEvents | null = null
try {
  const running = await Hosts.start(
    { CORBEL_DATA_DIR: folder, ...provider.settings, ...schema?.settings },
    replicas,
  )
  hosts = running
  const tour = new PatientTour(running, join(folder, 'inbox'))
  console.log(`A drill of billing on ${running.urls().join(' ')}, with an empty database`)
  tour.chapter('Registration')
  const email = 'owner@example.com'
  const { accessToken: token } = await newMember(tour, email, 'Drilled')
  const me = await tour.show(`${email} owns a tenant`, 200, 'GET', `${auth}/me`, { token })
  const body = operatorIn(running.greeting)
  const operator = await tour.show('the operator signs in', 200, 'POST', `${auth}/token`, { body })
  live = new LiveEvents(() => running.url(), token, show)
  const drill: BillingDrill = {
    tour,
    provider,
    live,
    token,
    tenantId: String(me['tenantId']),
    operator: String(operator['accessToken']),
  }
  await tour.show('nothing is subscribed to', 404, 'GET', at(drill, '/subscription'), { token })
  const stories = [beginTrial, spendTheQuota, failToPay, recover, upgrade, exceedSoftly, cancelAndResume]
  for (const story of stories) {
    // In the middle of whatever is being done.
    const killed = replicas > 1 ? delay(Math.random() * 1000).then(() => running.killOne()) : null
    await Promise.all([story(drill), killed])
  }
  await comesTo(drill, 'in the end', { status: 'active', planCode: 'pro', access: 'full', cancelAt: null })
  await showSameAsProvider(drill)
  console.log(
    `\n${tour.steps} steps, no surprise${replicas > 1 ? `; ${running.kills} kills, ${tour.retries} requests repeated, ${live.connections} connections of the stream` : ''}`,
  )
} catch (error) {
  console.error(hosts?.complaints())
  throw error
} finally {
  await live?.close()
  await hosts?.end()
  await provider.close()
  await schema?.close()
  rmSync(folder, { recursive: true, force: true })
}
