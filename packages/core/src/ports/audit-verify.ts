import type { Id } from '../kernel/id.ts'
import type { AuditChain, AuditLink, AuditLog, AuditRow } from './audit-log.ts'
import { auditNotices } from './audit-notices.ts'
import { auditEventOf, auditHashOf, auditKeysOf, personalDigestOf } from './audit-row.ts'

/** What does not fit, and at which row. */
export interface AuditFault {
  readonly seq: number
  readonly fault:
    | 'missing'
    | 'changed'
    | 'added'
    | 'personal-changed'
    | 'personal-missing'
    | 'unattested-start'
    | 'cut-off'
}

export interface AuditVerdict {
  readonly intact: boolean
  /** Rows that were looked at. */
  readonly rows: number
  /** Keep it: with it, a later verification also finds a trail that was rewritten as a whole. */
  readonly head: AuditLink
  /** The first one; null when the trail is intact. */
  readonly fault: AuditFault | null
}

const batch = 500

type Source = Pick<AuditLog, 'chain' | 'read'>

/**
 * Reads a whole chain and calculates it again. Rows that are written meanwhile are not looked at.
 *
 * @param known - The head of an earlier verification, which must still be a link of the chain.
 */
export async function verifyAuditChain(
  log: Source,
  tenantId: Id<'ten'> | null,
  known: AuditLink | null = null,
): Promise<AuditVerdict> {
  const chain = await log.chain(tenantId)
  const { base, head } = chain
  const check = new ChainCheck(base, known)
  const fault = await faultOf(log, tenantId, chain, check)
  // Retention has removed rows from under the reader: they are not missing.
  if (fault && (await log.chain(tenantId)).base.seq !== base.seq)
    return verifyAuditChain(log, tenantId, known)
  return { intact: fault === null, rows: check.rows, head, fault }
}

async function faultOf(
  log: Source,
  tenantId: Id<'ten'> | null,
  { base, head }: AuditChain,
  check: ChainCheck,
): Promise<AuditFault | null> {
  const [first] = await log.read(tenantId, 0, 1)
  if (first && first.seq <= base.seq) return { seq: first.seq, fault: 'added' }
  while (check.last.seq < head.seq) {
    const rows = await log.read(tenantId, check.last.seq, Math.min(batch, head.seq - check.last.seq))
    for (const row of rows) {
      const fault = await check.take(row)
      if (fault) return fault
    }
    if (rows.length === 0) break
  }
  const [beyond] = await log.read(tenantId, head.seq, 1)
  // A row and the head are written together: one that is behind the head by now was not written so.
  if (beyond && beyond.seq > (await log.chain(tenantId)).head.seq) return { seq: beyond.seq, fault: 'added' }
  return check.end(head)
}

class ChainCheck {
  last: AuditLink
  rows = 0
  readonly #base: AuditLink
  readonly #known: AuditLink | null
  #isBaseAttested: boolean
  /** First row without its personal part, by whose it was, until the trail says that it was erased. */
  readonly #unexplained = new Map<string | null, number>()

  constructor(base: AuditLink, known: AuditLink | null) {
    this.last = base
    this.#base = base
    this.#known = known
    this.#isBaseAttested = base.seq === 0
  }

  async take(row: AuditRow): Promise<AuditFault | null> {
    const { seq, hash, personal, personalDigest } = row
    const expected = this.last.seq + 1
    if (seq !== expected) return { seq: expected, fault: 'missing' }
    if (hash !== (await auditHashOf(this.last.hash, row))) return { seq, fault: 'changed' }
    if (seq === this.#known?.seq && hash !== this.#known.hash) return { seq, fault: 'changed' }
    if (personal !== null && personalDigest !== (await personalDigestOf(personal)))
      return { seq, fault: 'personal-changed' }
    this.#explain(row)
    this.last = { seq, hash }
    this.rows += 1
    return null
  }

  #explain(row: AuditRow): void {
    const { ownerId, type } = auditKeysOf(row)
    if (row.personal === null && row.personalDigest !== '' && !this.#unexplained.has(ownerId))
      this.#unexplained.set(ownerId, row.seq)
    if (type === auditNotices.erased) {
      const { personId } = auditEventOf(row).data as { readonly personId: string }
      this.#unexplained.delete(personId)
    }
    if (type === auditNotices.purged) {
      const { seq, hash } = auditEventOf(row).data as AuditLink
      if (seq === this.#base.seq && hash === this.#base.hash) this.#isBaseAttested = true
    }
  }

  end(head: AuditLink): AuditFault | null {
    if (this.last.seq !== head.seq || this.last.hash !== head.hash)
      return { seq: this.last.seq + 1, fault: 'cut-off' }
    if (this.#known && this.#known.seq > head.seq) return { seq: head.seq + 1, fault: 'cut-off' }
    if (!this.#isBaseAttested) return { seq: this.#base.seq + 1, fault: 'unattested-start' }
    const [personal] = this.#unexplained.values()
    return personal === undefined ? null : { seq: personal, fault: 'personal-missing' }
  }
}
