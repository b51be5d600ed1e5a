import type { Clock } from '../kernel/clock.ts'
import { addMilliseconds } from '../kernel/duration.ts'
import type { Id } from '../kernel/id.ts'
import type { Origin } from '../kernel/origin.ts'
import type { PageRequest } from '../kernel/page.ts'
import type { AuditFilter, AuditLog } from './audit-log.ts'
import type { AuditOutcome } from './audit-mark.ts'
import { auditNotices } from './audit-notices.ts'
import { auditEventOf } from './audit-row.ts'
import { verifyAuditChain } from './audit-verify.ts'
import type { DomainEvent } from './outbox.ts'
import { race, racers, type Suite, winners } from './suite.ts'
import type { Timeline } from './timeline.ts'

export interface AuditLogHarness extends Timeline {
  readonly audit: AuditLog
  /** Records events in one transaction. */
  record(...events: readonly DomainEvent[]): Promise<void>
  /** Records events in one transaction, which then fails. */
  recordAndFail(...events: readonly DomainEvent[]): Promise<void>
  /** Runs work on the trail in one transaction. */
  transaction<T>(work: (audit: AuditLog) => Promise<T>): Promise<T>
}

const tenant: Id<'ten'> = 'ten_1'
const ada = 'usr_ada'
const bob = 'usr_bob'
const client: Origin = { ip: '203.0.113.77', userAgent: 'Žofie/1.0', requestId: 'req_12345678' }

interface Sample {
  readonly type?: string
  readonly tenantId?: Id<'ten'> | null
  readonly subjectId?: string | null
  readonly outcome?: AuditOutcome
  readonly origin?: Partial<Origin>
}

let samples = 0
const sample = ({
  type = 'test.thing.changed',
  tenantId = tenant,
  subjectId = ada,
  outcome = 'success',
  origin = {},
}: Sample = {}): DomainEvent => ({
  type,
  tenantId,
  payload: { number: ++samples, text: 'a "quoted" line\nand 🌱' },
  audit: { outcome, subjectId, origin: { ...client, actorId: ada, ...origin } },
})

const everything: PageRequest = { limit: 100, after: null }

/** The law of {@link AuditLog}. `fresh` gives an empty trail for each test. */
export function auditLogConformance({ test, expect }: Suite, fresh: () => Promise<AuditLogHarness>): void {
  const seqs = async ({ audit }: AuditLogHarness, filter: AuditFilter = {}, page = everything) =>
    (await audit.list(tenant, filter, page)).map(({ seq }) => seq)
  const verdict = ({ audit }: AuditLogHarness, tenantId: Id<'ten'> | null = tenant) =>
    verifyAuditChain(audit, tenantId)
  const clockOf = ({ clock }: { readonly clock: Clock }) => clock.now()

  test('a row says what was recorded, of whom, by whom and from where', async () => {
    const harness = await fresh()
    const event = sample({ subjectId: bob, origin: { impersonatorId: 'usr_root' } })
    await harness.record(event)
    const [row] = await harness.audit.list(tenant, {}, everything)
    expect(row && auditEventOf(row)).toMatchObject({
      seq: 1,
      type: event.type,
      outcome: 'success',
      actorId: ada,
      impersonatorId: 'usr_root',
      subjectId: bob,
      requestId: 'req_12345678',
      client: { ipPrefix: '203.0.113.0/24', userAgent: 'Žofie/1.0' },
      data: event.payload,
    })
    expect(row?.content.includes('203.0.113')).toBe(false)
  })

  test('an event without a mark leaves no row', async () => {
    const harness = await fresh()
    await harness.record({ type: 'test.thing.seen', tenantId: tenant, payload: {} })
    expect(await seqs(harness)).toEqual([])
    expect(await harness.audit.chain(tenant)).toEqual({
      head: { seq: 0, hash: '' },
      base: { seq: 0, hash: '' },
    })
  })

  test('a transaction that fails leaves no row and no gap', async () => {
    const harness = await fresh()
    await harness.record(sample())
    await harness.recordAndFail(sample(), sample({ tenantId: null }))
    await harness.record(sample())
    expect(await seqs(harness)).toEqual([2, 1])
    expect(await harness.audit.list(null, {}, everything)).toEqual([])
    expect(await verdict(harness)).toMatchObject({ intact: true, rows: 2 })
  })

  test('each tenant has a chain of its own, and the platform has one', async () => {
    const harness = await fresh()
    await harness.record(sample(), sample({ tenantId: 'ten_2' }), sample({ tenantId: null }), sample())
    expect(await seqs(harness)).toEqual([2, 1])
    for (const [tenantId, rows] of [['ten_2', 1] as const, [null, 1] as const, ['ten_3', 0] as const]) {
      expect(await harness.audit.list(tenantId, {}, everything)).toHaveLength(rows)
      expect(await verdict(harness, tenantId)).toMatchObject({ intact: true, rows })
    }
  })

  test('concurrent writers of one chain leave no gap and no fork', async () => {
    const harness = await fresh()
    const results = await race((racer) =>
      racer % 2 === 0 ? harness.record(sample(), sample()) : harness.audit.record(sample(), sample()),
    )
    expect(winners(results)).toHaveLength(racers)
    expect(await verdict(harness)).toMatchObject({ intact: true, rows: 2 * racers })
  })

  test('concurrent writers of several chains do not lock each other out', async () => {
    const harness = await fresh()
    const tenants = ['ten_1', 'ten_2', 'ten_3', null] as const
    const results = await race((racer) => {
      const turned = [...tenants.slice(racer % 4), ...tenants.slice(0, racer % 4)]
      return harness.record(...turned.map((tenantId) => sample({ tenantId })))
    })
    expect(winners(results)).toHaveLength(racers)
    for (const tenantId of tenants)
      expect(await verdict(harness, tenantId)).toMatchObject({ intact: true, rows: racers })
  })

  test('a refused attempt leaves a row by itself', async () => {
    const harness = await fresh()
    await harness.audit.record(sample({ outcome: 'failure', origin: { actorId: null } }))
    const [row] = await harness.audit.list(tenant, {}, everything)
    expect(row && auditEventOf(row)).toMatchObject({ outcome: 'failure', actorId: null, subjectId: ada })
  })

  test('filters compose', async () => {
    const harness = await fresh()
    await harness.record(sample())
    await harness.wait(5)
    const later = clockOf(harness)
    await harness.record(sample({ subjectId: bob }), sample({ type: 'test.other.changed' }))
    await harness.record(sample({ origin: { actorId: bob } }), sample({ outcome: 'denied' }))
    expect(await seqs(harness, { type: 'test.other.changed' })).toEqual([3])
    expect(await seqs(harness, { subjectId: bob })).toEqual([2])
    expect(await seqs(harness, { actorId: bob })).toEqual([4])
    expect(await seqs(harness, { outcome: 'denied' })).toEqual([5])
    expect(await seqs(harness, { from: later })).toEqual([5, 4, 3, 2])
    expect(await seqs(harness, { to: later })).toEqual([1])
    expect(await seqs(harness, { actorId: ada, subjectId: ada, from: later })).toEqual([5, 3])
    expect(await seqs(harness, { actorId: bob, subjectId: bob })).toEqual([])
  })

  test('a page begins behind a seq, and has one row more than asked for when there is one', async () => {
    const harness = await fresh()
    await harness.record(sample(), sample(), sample())
    expect(await seqs(harness, {}, { limit: 1, after: null })).toEqual([3, 2])
    expect(await seqs(harness, {}, { limit: 2, after: '3' })).toEqual([2, 1])
    const rows = await harness.audit.read(tenant, 1, 1)
    expect(rows.map(({ seq }) => seq)).toEqual([2])
    expect(await harness.audit.read(tenant, 0, 9, { actorId: bob })).toEqual([])
  })

  test('erasing a person takes address and agent from their rows, and the chain still holds', async () => {
    const harness = await fresh()
    await harness.record(sample(), sample({ origin: { actorId: bob } }), sample({ tenantId: 'ten_2' }))
    await harness.record(sample({ origin: { actorId: null } }))
    expect(await harness.transaction((audit) => audit.erase(ada))).toBe(3)
    const rows = await harness.audit.list(tenant, {}, everything)
    expect(rows.map((row) => auditEventOf(row).client?.ipPrefix ?? null)).toEqual([
      null,
      null,
      '203.0.113.0/24',
      null,
    ])
    expect(rows[0] && auditEventOf(rows[0]).type).toBe(auditNotices.erased)
    expect(await verdict(harness)).toMatchObject({ intact: true, rows: 4 })
    expect(await verdict(harness, 'ten_2')).toMatchObject({ intact: true, rows: 2 })
    expect(await harness.transaction((audit) => audit.erase(ada))).toBe(0)
  })

  test('purging removes what is older up to the first row that is not, and leaves a start that is attested', async () => {
    const harness = await fresh()
    await harness.record(sample(), sample())
    const old = await harness.audit.chain(tenant)
    await harness.wait(5)
    const time = clockOf(harness)
    await harness.record(sample(), sample())
    expect(await harness.transaction((audit) => audit.purge(time))).toBe(2)
    expect(await harness.audit.chain(tenant)).toMatchObject({ base: old.head, head: { seq: 5 } })
    expect(await seqs(harness)).toEqual([5, 4, 3])
    expect(await verdict(harness)).toMatchObject({ intact: true, rows: 3 })
    expect(await harness.transaction((audit) => audit.purge(time))).toBe(0)
    await harness.transaction((audit) => audit.purge(addMilliseconds(time, 3_600_000)))
    await harness.record(sample())
    expect(await verdict(harness)).toMatchObject({ intact: true, rows: 2 })
  })
}
