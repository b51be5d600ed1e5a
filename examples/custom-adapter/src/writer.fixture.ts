import { newId } from '@corbel/core/ports'
import { journalStorage } from './journal-storage.ts'

// Registers tenants until it is killed, and says which of them it was told are kept.
const storage = journalStorage({ path: String(process.argv[2]) })
for (;;) {
  const id = newId('ten')
  await storage.transaction(async ({ repositories, events }) => {
    const slug = id.replace('_', '-').toLowerCase()
    await repositories.tenant.tenants.insert({
      id,
      slug,
      name: 'Killed',
      createdAt: '2026-01-01T00:00:00.000Z',
    })
    await repositories.tenant.settings.insert(id, { version: 1, billingContacts: [], flags: {} })
    await events.record({ type: 'test.written', tenantId: id, payload: {} })
  })
  process.stdout.write(`${id}\n`)
}
