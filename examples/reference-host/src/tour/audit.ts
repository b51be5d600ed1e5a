import assert from 'node:assert/strict'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { Tour } from './tour.ts'

interface Verdict {
  readonly intact: boolean
  readonly rows: number
  readonly fault: { readonly seq: number; readonly fault: string } | null
}

const verify = async (tour: Tour, token: string): Promise<Verdict> =>
  (await tour.show('its chain is calculated again', 200, 'POST', '/api/v1/audit/verify', {
    token,
    body: {},
  })) as unknown as Verdict

export async function showAudit(tour: Tour, token: string): Promise<void> {
  tour.chapter('The audit trail')
  const trail = await tour.show('is readable by its tenant', 200, 'GET', '/api/v1/audit/events', { token })
  assert.ok((trail['data'] as readonly unknown[]).length > 10)
  const verdict = await verify(tour, token)
  assert.equal(verdict.intact, true)
  tour.tell(`${verdict.rows} rows, and all of them are what was written`)
}

/** What somebody does who has the database and not the right to: makes a success of the first failure of a trail. */
export async function editTrail(dataFolder: string, tenantId: string): Promise<void> {
  const db = await PGlite.create(join(dataFolder, 'database'))
  const { affectedRows } = await db.query(
    `update corbel_audit_events set content = replace(content, '"failure"', '"success"')
     where tenant_id = $1 and seq = (select min(seq) from corbel_audit_events where tenant_id = $1 and content like '%"failure"%')`,
    [tenantId],
  )
  await db.close()
  assert.equal(affectedRows, 1)
}

export async function showEditedTrail(tour: Tour, token: string): Promise<void> {
  tour.chapter('The audit trail, after somebody edited a row in the database of a host that was ended')
  const { intact, fault } = await verify(tour, token)
  assert.equal(intact, false)
  tour.tell(`found: row ${fault?.seq} was ${fault?.fault}`)
}
