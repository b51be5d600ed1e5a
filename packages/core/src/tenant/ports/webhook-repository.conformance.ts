import { newId } from '../../kernel/id.ts'
import { race, racers, type Suite, winners } from '../../ports/suite.ts'
import { sampleWebhook, storedTenant, type TenantStorage } from './samples.conformance.ts'
import type { StoredWebhook } from './webhook-repository.ts'

/** The law of `WebhookRepository`. `fresh` gives an empty storage for each test. */
export function webhookRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<TenantStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { webhooks } = storage.repositories.tenant
    const [tenantId, other] = [await storedTenant(storage), await storedTenant(storage)]
    const webhook = sampleWebhook(tenantId)
    await webhooks.insert(webhook)
    return { webhooks, tenantId, other, webhook }
  }

  test('a webhook is found and listed as it was stored, by its tenant only', async () => {
    const { webhooks, tenantId, other, webhook } = await open()
    await webhooks.insert(sampleWebhook(other))
    expect(await webhooks.find(tenantId, webhook.id)).toEqual(webhook)
    expect(await webhooks.list(tenantId)).toEqual([webhook])
    expect(await webhooks.find(other, webhook.id)).toBe(null)
    expect(await webhooks.find(tenantId, newId('whk'))).toBe(null)
  })

  test('webhooks are listed oldest first', async () => {
    const { webhooks, tenantId, webhook } = await open()
    const [older, newer] = ['whk_00000000000000000000000000', 'whk_zzzzzzzzzzzzzzzzzzzzzzzzzz'] as const
    await webhooks.insert(sampleWebhook(tenantId, { id: newer }))
    await webhooks.insert(sampleWebhook(tenantId, { id: older }))
    expect((await webhooks.list(tenantId)).map(({ id }) => id)).toEqual([older, webhook.id, newer])
  })

  test('subscribed are those of the tenant that are enabled and want the type', async () => {
    const { webhooks, tenantId, other, webhook } = await open()
    const all = sampleWebhook(tenantId, { eventTypes: ['*'] })
    await webhooks.insert(all)
    await webhooks.insert(sampleWebhook(tenantId, { enabled: false, disabledReason: 'gone' }))
    await webhooks.insert(sampleWebhook(tenantId, { eventTypes: ['test.thing.done.twice', 'test.thing'] }))
    await webhooks.insert(sampleWebhook(other, { eventTypes: ['*'] }))
    expect((await webhooks.listSubscribed(tenantId, 'test.thing.done')).toSorted()).toEqual(
      [all.id, webhook.id].toSorted(),
    )
    expect(await webhooks.listSubscribed(tenantId, 'test.other.done')).toEqual([all.id])
  })

  test('replace changes everything and raises the version', async () => {
    const { webhooks, tenantId, webhook } = await open()
    const next: StoredWebhook = {
      ...webhook,
      url: 'https://other.example.com/',
      eventTypes: ['a.b.c', 'd.e.f'],
      description: '',
      enabled: false,
      disabledReason: 'failing',
      secrets: [{ sealed: 'sealed-3', expiresAt: null }],
      failures: 5,
    }
    expect(await webhooks.replace(next)).toBe(true)
    expect(await webhooks.find(tenantId, webhook.id)).toEqual({ ...next, version: 2 })
  })

  test('replace with another version, or for another tenant, changes nothing', async () => {
    const { webhooks, tenantId, other, webhook } = await open()
    expect(await webhooks.replace({ ...webhook, version: 2, failures: 1 })).toBe(false)
    expect(await webhooks.replace({ ...webhook, tenantId: other, failures: 1 })).toBe(false)
    expect(await webhooks.replace(sampleWebhook(tenantId))).toBe(false)
    expect(await webhooks.list(tenantId)).toEqual([webhook])
  })

  test('of concurrent callers with one version one replaces', async () => {
    const { webhooks, tenantId, webhook } = await open()
    const results = winners(await race((racer) => webhooks.replace({ ...webhook, failures: racer })))
    expect(results).toHaveLength(racers)
    expect(results.filter((isDone) => isDone)).toHaveLength(1)
    expect(await webhooks.find(tenantId, webhook.id)).toMatchObject({ version: 2 })
  })

  test('a webhook is removed once, by its tenant only', async () => {
    const { webhooks, tenantId, other, webhook } = await open()
    expect(await webhooks.remove(other, webhook.id)).toBe(false)
    const results = winners(await race(() => webhooks.remove(tenantId, webhook.id)))
    expect(results.filter((isDone) => isDone)).toHaveLength(1)
    expect(await webhooks.list(tenantId)).toEqual([])
  })
}
