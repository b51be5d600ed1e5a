import { createStack, fromEnv } from '@corbel/core'
import { memoryStorage } from '@corbel/adapters/memory'
import { type DomainEvent, manualClock, memoryNotifier, newId, silentLogger } from '@corbel/core/ports'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { auth } from '@corbel/auth'
import { tenant, TenantEvents } from '@corbel/core/tenant'
import { expect, test } from 'vitest'
import { peppers } from '../auth/support.fixture.ts'

async function open(channels: Readonly<Record<string, string>>) {
  const clock = manualClock()
  const [storage, notifier] = [memoryStorage({ clock }), memoryNotifier()]
  const stack = createStack({
    modules: [tenant(), auth({ passwords: cheapHasher })],
    storage,
    notifier,
    clock,
    logger: silentLogger,
    settings: fromEnv({
      ...peppers,
      APP_PUBLIC_URL: 'https://app.example.com',
      TENANT_NOTIFIER_CHANNELS: JSON.stringify(channels),
    }),
  })
  const put = (id: `ten_${string}`, name: string) =>
    storage.repositories.tenant.tenants.insert(
      { id, name, slug: id.slice(-12), createdAt: clock.now().toISOString() },
      'active',
    )
  const tell = async (...events: readonly DomainEvent[]) => {
    await storage.transaction((tx) => tx.events.record(...events))
    while ((await stack.deliverEvents()) > 0);
  }
  return { clock, notifier, put, tell }
}

test('the channel of a tenant is told what its people must not miss, and of no other tenant', async () => {
  const [acme, other] = [newId('ten'), newId('ten')]
  const { notifier, put, tell } = await open({ [acme]: 'acme-shared' })
  await put(acme, '<!channel> Acme')
  await put(other, 'Other')
  const webhookId = newId('whk')
  const disabled = { webhookId, reason: 'failing' as const, ownerIds: [] }
  await tell(
    TenantEvents.webhookDisabled(acme, disabled),
    TenantEvents.webhookDisabled(other, disabled),
    TenantEvents.renamed(acme, { name: 'Acme' }),
    TenantEvents.statusChanged(acme, { status: 'suspended', reason: 'unpaid' }),
  )
  expect(notifier.sent).toMatchObject([
    {
      channel: 'acme-shared',
      severity: 'warning',
      title: expect.stringMatching(/^<!channel> Acme: A webhook was switched off/),
      text: `tenant.webhook.disabled\n${webhookId}`,
      link: 'https://app.example.com',
    },
    { channel: 'acme-shared', severity: 'critical', text: 'tenant.account.status_changed' },
  ])
  expect(JSON.stringify(notifier.sent)).not.toContain('unpaid')
})

test('what could not be told waits, in its order, until the channel answers', async () => {
  const acme = newId('ten')
  const { clock, notifier, put, tell } = await open({ [acme]: 'acme' })
  await put(acme, 'Acme')
  notifier.failing(true)
  await tell(
    TenantEvents.statusChanged(acme, { status: 'suspended', reason: null }),
    TenantEvents.webhookDisabled(acme, { webhookId: newId('whk'), reason: 'gone', ownerIds: [] }),
  )
  expect(notifier.sent).toEqual([])
  notifier.failing(false)
  for (let hour = 0; hour < 3; hour++) {
    clock.advance('1h')
    await tell()
  }
  expect(notifier.sent.map(({ severity }) => severity)).toEqual(['critical', 'warning'])
})

test('a tenant whose channel has no name is told nothing', async () => {
  const acme = newId('ten')
  const { notifier, put, tell } = await open({})
  await put(acme, 'Acme')
  await tell(TenantEvents.statusChanged(acme, { status: 'suspended', reason: null }))
  expect(notifier.sent).toEqual([])
})
