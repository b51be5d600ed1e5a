import type { SignUpInviteQuery, SignUpInviteRecord, SignUpInviteRepository } from '@corbel/auth/ports'
import type { Clock } from '@corbel/core/ports'
import { type RawBuilder, type Selectable, sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'
import type { AuthTables } from './tables.ts'

type Row = Omit<Selectable<AuthTables['corbel_sign_up_invites']>, 'digest'>

const columns = sql`id, email, note, max_redemptions, redemptions, request_id, created_by, created_at, expires_at, revoked_at`

export const kyselySignUpInviteRepository = (db: TenantDb, clock: Clock): SignUpInviteRepository => ({
  async insert(invite, digest, events) {
    const { id, email, createdAt, expiresAt } = invite
    const { rows } = await sql`
      with reserved as (
        insert into corbel_sign_up_reservations as r (email, invite_id, expires_at)
        select ${email}::text, ${id}, ${expiresAt}::timestamptz where ${email}::text is not null
        on conflict (email) do update set invite_id = excluded.invite_id, expires_at = excluded.expires_at
          where r.expires_at <= ${createdAt}::timestamptz
        returning email
      ), inserted as (
        insert into corbel_sign_up_invites (digest, ${columns})
        select ${digest}, ${id}, ${email}::text, ${invite.note}::text, ${invite.maxRedemptions}::integer,
          ${invite.redemptions}::integer, ${invite.requestId}::text, ${invite.createdBy}::text,
          ${createdAt}::timestamptz, ${expiresAt}::timestamptz, ${invite.revokedAt}::timestamptz
        where ${email}::text is null or exists (select from reserved)
        returning id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from inserted)`)})
      select id from inserted`.execute(db.forOwner(events, 'events.record'))
    return rows.length > 0
  },

  find: (id) => findWhere(db, sql`id = ${id}`),

  findOpen: (digest, email, now) => findWhere(db, isOpenFor(digest, email, now)),

  async findReserving(email, now) {
    const row = await db.shared
      .selectFrom('corbel_sign_up_reservations')
      .select('invite_id')
      .where('email', '=', email)
      .where('expires_at', '>', now)
      .executeTakeFirst()
    return row?.invite_id ?? null
  },

  async redeem(digest, email, now) {
    const { rows } = await sql<Pick<Row, 'id'>>`
      with redeemed as (
        update corbel_sign_up_invites set redemptions = redemptions + 1
        where ${isOpenFor(digest, email, now)} returning id
      ), released as (
        delete from corbel_sign_up_reservations using redeemed where invite_id = redeemed.id
      )
      select id from redeemed`.execute(db.shared)
    return rows[0]?.id ?? null
  },

  async list(query, now, { limit, after }) {
    const { rows } = await sql<Row>`
      select ${columns} from corbel_sign_up_invites
      where ${which(query, now)} ${after === null ? sql`` : sql`and id < ${after}`}
      order by id desc limit ${limit + 1}`.execute(db.shared)
    return rows.map(toRecord)
  },

  async revoke(id, now, events) {
    const { rows } = await sql`
      with revoked as (
        update corbel_sign_up_invites set revoked_at = ${now}::timestamptz
        where id = ${id} and ${conditions.open(now)} returning id
      ), released as (
        delete from corbel_sign_up_reservations using revoked where invite_id = revoked.id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from revoked)`)})
      select id from revoked`.execute(db.forOwner(events, 'events.record'))
    return rows.length > 0
  },

  async purge(time) {
    const { numDeletedRows } = await db.shared
      .deleteFrom('corbel_sign_up_invites')
      .where((is) => is.or([is('expires_at', '<', time), is('revoked_at', '<', time)]))
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})

const conditions = {
  open: (now: Date) =>
    sql`revoked_at is null and redemptions < max_redemptions and expires_at > ${now}::timestamptz`,
  redeemed: () => sql`revoked_at is null and redemptions >= max_redemptions`,
  expired: (now: Date) =>
    sql`revoked_at is null and redemptions < max_redemptions and expires_at <= ${now}::timestamptz`,
  revoked: () => sql`revoked_at is not null`,
}

const isOpenFor = (digest: string, email: string, now: Date): RawBuilder<unknown> =>
  sql`digest = ${digest} and (email is null or email = ${email}) and ${conditions.open(now)}`

const which = ({ status, email }: SignUpInviteQuery, now: Date): RawBuilder<unknown> =>
  sql.join(
    [
      status === undefined ? sql`true` : conditions[status](now),
      ...(email === undefined ? [] : [sql`email = ${email}`]),
    ],
    sql` and `,
  )

async function findWhere(db: TenantDb, condition: RawBuilder<unknown>): Promise<SignUpInviteRecord | null> {
  const { rows } = await sql<Row>`select ${columns} from corbel_sign_up_invites where ${condition}`.execute(
    db.shared,
  )
  return rows[0] ? toRecord(rows[0]) : null
}

const toRecord = (row: Row): SignUpInviteRecord => ({
  id: row.id,
  email: row.email,
  note: row.note,
  maxRedemptions: row.max_redemptions,
  redemptions: row.redemptions,
  requestId: row.request_id,
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
})
