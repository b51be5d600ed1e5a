import {
  addMilliseconds,
  type Clock,
  type Content,
  type Id,
  milliseconds,
  type Page,
  PageErrors,
  type Principal,
  toPage,
  toPageRequest,
  type Transaction,
} from '@corbel/core'
import {
  type AuditEvent,
  auditEventOf,
  type AuditFilter,
  type AuditLog,
  type AuditVerdict,
  verifyAuditChain,
} from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import type { AuditExportQuery, AuditQuery, VerifyAudit } from './audit.ts'

export interface AuditServiceDeps {
  readonly auditLog: AuditLog
  readonly clock: Clock
  /** Days for which rows are kept; 0 for ever. */
  readonly retentionDays: number
  readonly transaction: Transaction<{ readonly auditLog: AuditLog }>
}

const exportPage = 100

export class AuditService {
  readonly #deps: AuditServiceDeps

  constructor(deps: AuditServiceDeps) {
    this.#deps = deps
  }

  /** Rows that fit, newest first. @throws `page/invalid-cursor`, `auth/not-your-trail` */
  async list(reader: Principal, { limit, cursor, trail, ...filter }: AuditQuery): Promise<Page<AuditEvent>> {
    const tenantId = trailOf(reader, trail)
    const page = toPageRequest({ limit, cursor })
    if (page.after !== null && !/^\d{1,15}$/.test(page.after)) throw PageErrors.invalidCursor()
    const rows = await this.#deps.auditLog.list(tenantId, filterOf(filter), page)
    const { data, nextCursor } = toPage(rows, limit, ({ seq }) => String(seq))
    return { data: data.map(auditEventOf), nextCursor }
  }

  /** The same rows, oldest first, read while they are sent. @throws `auth/not-your-trail` */
  export(reader: Principal, { trail, ...filter }: AuditExportQuery): Content {
    const lines = this.#lines(trailOf(reader, trail), filterOf(filter))
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { value, done } = await lines.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
    })
    return { body, fileName: 'audit.ndjson' }
  }

  /**
   * Whether the trail is what was written, and where it is not.
   *
   * @throws `auth/not-your-trail`
   */
  verify(reader: Principal, { trail, head }: VerifyAudit): Promise<AuditVerdict> {
    return verifyAuditChain(this.#deps.auditLog, trailOf(reader, trail), head)
  }

  /** Forgets address and agent of a person, in every trail; returns in how many rows. The trails stay verifiable. */
  erase(personId: string): Promise<number> {
    return this.#deps.transaction(({ auditLog }) => auditLog.erase(personId))
  }

  /** Removes rows that are older than they are to be kept; returns how many. */
  async purge(): Promise<number> {
    const { clock, retentionDays, transaction } = this.#deps
    if (retentionDays === 0) return 0
    const time = addMilliseconds(clock.now(), -milliseconds(`${retentionDays}d`))
    return transaction(({ auditLog }) => auditLog.purge(time))
  }

  async *#lines(tenantId: Id<'ten'> | null, filter: AuditFilter): AsyncGenerator<string, void> {
    const { auditLog } = this.#deps
    const { head, base } = await auditLog.chain(tenantId)
    let after = base.seq
    while (after < head.seq) {
      const rows = await auditLog.read(tenantId, after, Math.min(exportPage, head.seq - after), filter)
      const last = rows.at(-1)
      if (!last) return
      after = last.seq
      yield rows.map((row) => `${JSON.stringify({ ...auditEventOf(row), hash: row.hash })}\n`).join('')
    }
  }
}

function trailOf(reader: Principal, trail: 'tenant' | 'platform'): Id<'ten'> | null {
  if (trail === 'tenant') return reader.tenantId
  if (reader.kind === 'user' && reader.operator) return null
  throw AuthErrors.notYourTrail()
}

const filterOf = ({ from, to, ...rest }: Omit<AuditExportQuery, 'trail'>): AuditFilter => ({
  ...rest,
  from: from === undefined ? undefined : new Date(from),
  to: to === undefined ? undefined : new Date(to),
})
