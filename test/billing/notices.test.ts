import { memoryStorage } from '@corbel/adapters/memory'
import { auth } from '@corbel/auth'
import { billing, BillingEvents } from '@corbel/billing'
import { createStack, fromEnv, newId } from '@corbel/core'
import {
  type DomainEvent,
  MailerErrors,
  manualClock,
  memoryMailer,
  memoryNotifier,
  silentLogger,
} from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { expect, test } from 'vitest'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'

const contact = (email: string) => ({ name: 'Accounts', email })

/** A tenant with billing contacts, and what is said to them. */
async function open(emails: readonly string[], channels: (tenantId: string) => object = () => ({})) {
  const clock = manualClock()
  const [storage, mailer, notifier] = [memoryStorage({ clock }), memoryMailer(), memoryNotifier()]
  const tenantId = newId('ten')
  const stack = createStack({
    modules: [tenant(), auth({ passwords: cheapHasher }), billing()],
    storage,
    mailer,
    notifier,
    clock,
    logger: silentLogger,
    settings: fromEnv({ ...peppers, TENANT_NOTIFIER_CHANNELS: JSON.stringify(channels(tenantId)) }),
  })
  const { tenants, settings } = storage.repositories.tenant
  const createdAt = clock.now().toISOString()
  await tenants.insert({ id: tenantId, name: '<b>Acme</b>', slug: 'acme', createdAt }, 'active')
  await settings.insert(tenantId, { billingContacts: emails.map(contact), flags: {}, version: 1 })
  const tell = async (...events: readonly DomainEvent[]) => {
    await storage.transaction((tx) => tx.events.record(...events))
    while ((await stack.deliverEvents()) > 0);
  }
  return { clock, mailer, notifier, storage, tenantId, tell }
}

const invoice = {
  invoiceId: 'in_1',
  status: 'open',
  previousStatus: 'open',
  currency: 'eur',
  total: 900,
  amountPaid: 0,
  attempts: 1,
  version: 2,
} as const
const ended = { subscriptionId: 'sub_1', status: 'canceled', version: 3 } as const
const exceeded = { featureKey: 'messages', limit: 10, used: 11, resetAt: null }

test('billing contacts are told of failed payments, ended subscriptions and used-up plans, and of nothing else', async () => {
  const { mailer, tell, tenantId } = await open(['books@example.com', 'cfo@example.com'])
  await tell(
    BillingEvents.invoiceChanged(tenantId, { ...invoice, attempts: 0 }),
    BillingEvents.invoiceChanged(tenantId, { ...invoice, status: 'paid', amountPaid: 900 }),
    BillingEvents.subscriptionActivated(tenantId, { ...ended, status: 'active' }),
  )
  expect(mailer.sent).toEqual([])
  await tell(BillingEvents.invoiceChanged(tenantId, invoice))
  await tell(BillingEvents.subscriptionEnded(tenantId, ended))
  await tell(BillingEvents.quotaExceeded(tenantId, exceeded))
  expect(mailer.sent.map(({ to, subject }) => `${to}: ${subject.split(':', 1)[0]}`)).toEqual(
    ['A payment has failed', 'The subscription has ended', 'More was used than the plan allows'].flatMap(
      (subject) => [`books@example.com: ${subject}`, `cfo@example.com: ${subject}`],
    ),
  )
  for (const { html, text } of mailer.sent) {
    expect(html).not.toContain('<b>Acme')
    expect(text).toContain('<b>Acme</b>')
  }
})

test('what happened to a tenant that was erased meanwhile is told to nobody, and waits for nothing', async () => {
  const { mailer, storage, tell } = await open(['books@example.com'])
  await tell(BillingEvents.subscriptionEnded(newId('ten'), ended))
  expect(mailer.sent).toEqual([])
  expect(await storage.outbox.depth()).toMatchObject({ pending: 0, dead: 0 })
})

test('an address that is refused for good keeps no other contact from being told, and a failure tells nobody twice', async () => {
  const { clock, mailer, storage, tell, tenantId } = await open([
    'bad@example.com',
    'slow@example.com',
    'books@example.com',
  ])
  const send = mailer.send.bind(mailer)
  let isDown = true
  mailer.send = async (message) => {
    if (message.to === 'bad@example.com') throw MailerErrors.refused()
    if (message.to === 'books@example.com' && isDown) throw MailerErrors.unavailable()
    await send(message)
  }
  await tell(BillingEvents.subscriptionEnded(tenantId, ended))
  expect(mailer.sent.map(({ to }) => to)).toEqual(['slow@example.com'])
  isDown = false
  clock.advance('1h')
  await tell()
  expect(mailer.sent.map(({ to }) => to)).toEqual(['slow@example.com', 'books@example.com'])
  const log = await storage.deliveries.list(
    tenantId,
    { route: 'billing.notice', recipient: tenantId },
    { limit: 10, after: null },
  )
  expect(log).toMatchObject([{ status: 'delivered', attempts: 2, result: 'accepted for 2 of 3' }])
})

test('a tenant without contacts is mailed nothing; its channel is told all the same', async () => {
  const { mailer, notifier, tell, tenantId } = await open([], (id) => ({ [id]: 'acme' }))
  await tell(
    BillingEvents.subscriptionEnded(tenantId, ended),
    BillingEvents.quotaExceeded(tenantId, exceeded),
  )
  expect(mailer.sent).toEqual([])
  expect(notifier.sent.map(({ channel, severity }) => `${channel} ${severity}`)).toEqual([
    'acme critical',
    'acme warning',
  ])
})
