import { type Account, type AccountFilter, type AccountRepository, erasedEmail } from '@corbel/auth/ports'
import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import type { AuthTables } from './tables.ts'
import { toUser } from './user-repository.ts'

type UserRow = Selectable<AuthTables['corbel_users']>

export const kyselyAccountRepository = (db: TenantDb): AccountRepository => ({
  async find(id) {
    const row = await db.shared.selectFrom('corbel_users').selectAll().where('id', '=', id).executeTakeFirst()
    return row ? toAccount(row) : null
  },

  async list(filter, { limit, after }) {
    const { rows } = await sql<UserRow>`
      select u.* from corbel_users u
      where ${conditions(filter, after)} order by u.id desc limit ${limit + 1}`.execute(
      db.platform('accounts.list'),
    )
    return rows.map(toAccount)
  },

  async updateProfile(id, change) {
    const { displayName, givenName, familyName, avatarUrl, timezone, locale } = change
    const row = await db.shared
      .updateTable('corbel_users')
      .set({
        id,
        ...(displayName !== undefined && { display_name: displayName }),
        ...(givenName !== undefined && { given_name: givenName }),
        ...(familyName !== undefined && { family_name: familyName }),
        ...(avatarUrl !== undefined && { avatar_url: avatarUrl }),
        ...(timezone !== undefined && { timezone }),
        ...(locale !== undefined && { locale }),
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    return row ? toAccount(row) : null
  },

  async disable(id, now, by) {
    const { numUpdatedRows } = await db.shared
      .updateTable('corbel_users')
      .set({ disabled_at: now, disabled_by: by })
      .where('id', '=', id)
      .where('disabled_at', 'is', null)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async enable(id) {
    const { numUpdatedRows } = await db.shared
      .updateTable('corbel_users')
      .set({ disabled_at: null, disabled_by: null })
      .where('id', '=', id)
      .where('disabled_by', '<>', 'erasure')
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async proveEmail(id) {
    await db.shared
      .updateTable('corbel_users')
      .set({ email_verified: true, registrant: null })
      .where('id', '=', id)
      .execute()
  },

  async disown(id, registrant, { passwordHash, pepperId }, now) {
    const { rows } = await sql`
      with owned as (
        update corbel_users set registrant = null where id = ${id} and registrant = ${registrant} returning id
      ), credential as (
        update corbel_credentials c set password_hash = ${passwordHash}, pepper_id = ${pepperId}, previous = '[]'::jsonb
        from owned o where c.user_id = o.id
      ), factors as (
        delete from corbel_factors f using owned o where f.user_id = o.id
      ), codes as (
        delete from corbel_recovery_codes r using owned o where r.user_id = o.id
      ), keys as (
        update corbel_api_keys k set revoked_at = ${now}::timestamptz
        from owned o where k.user_id = o.id and k.revoked_at is null
      )
      select id from owned`.execute(db.platform('accounts.disown'))
    return rows.length > 0
  },

  async erase(id, now) {
    const { rows } = await sql`
      with person as materialized (
        select email from corbel_users where id = ${id}
      ), erased as (
        update corbel_users set email = ${erasedEmail(id)}, display_name = null, given_name = null, family_name = null,
          avatar_url = null, timezone = null, locale = null, registrant = null, email_verified = false, operator = false,
          disabled_at = ${now}::timestamptz, disabled_by = 'erasure'
        where id = ${id} and disabled_by is distinct from 'erasure'
        returning id
      ), requests as (
        delete from corbel_sign_up_requests r using person p, erased e where r.email = p.email
      ), invites as (
        delete from corbel_sign_up_invites i using person p, erased e where i.email = p.email
      ), sessions as (
        update corbel_sessions s set user_agent = null, ip_prefix = null, place = null from erased e where s.user_id = e.id
      ), ${sql.join(
        personalTables.map(
          (table) =>
            sql`${sql.ref(`of_${table}`)} as (delete from ${sql.table(table)} t using erased e where t.user_id = e.id)`,
        ),
      )}
      select id from erased`.execute(db.platform('accounts.erase'))
    return rows.length > 0
  },
})

/** Tables of which nothing is left of a person who was erased. */
const personalTables = [
  'corbel_credentials',
  'corbel_email_verifications',
  'corbel_email_changes',
  'corbel_password_resets',
  'corbel_consents',
  'corbel_notification_preferences',
  'corbel_magic_links',
  'corbel_factors',
  'corbel_recovery_codes',
  'corbel_sign_in_challenges',
  'corbel_api_keys',
  'corbel_identities',
  'corbel_sso_states',
] as const satisfies readonly (keyof AuthTables)[]

function conditions(filter: AccountFilter, after: string | null): RawBuilder<unknown> {
  const { text, status, emailVerified, operator, tenantId, createdFrom, createdTo } = filter
  const all = [sql`true`]
  if (after !== null) all.push(sql`u.id < ${after}`)
  if (text !== undefined) {
    const wanted = text.toLowerCase()
    all.push(sql`(strpos(u.email, ${wanted}) > 0 or strpos(lower(u.display_name), ${wanted}) > 0)`)
  }
  if (status !== undefined) all.push(sql`(u.disabled_at is not null) = ${status === 'disabled'}`)
  if (emailVerified !== undefined) all.push(sql`u.email_verified = ${emailVerified}`)
  if (operator !== undefined) all.push(sql`u.operator = ${operator}`)
  if (tenantId !== undefined)
    all.push(
      sql`exists (select from corbel_memberships m where m.tenant_id = ${tenantId} and m.user_id = u.id)`,
    )
  if (createdFrom !== undefined) all.push(sql`u.created_at >= ${createdFrom}::timestamptz`)
  if (createdTo !== undefined) all.push(sql`u.created_at < ${createdTo}::timestamptz`)
  return sql.join(all, sql` and `)
}

const toAccount = (row: UserRow): Account => ({
  user: toUser(row),
  profile: {
    displayName: row.display_name,
    givenName: row.given_name,
    familyName: row.family_name,
    avatarUrl: row.avatar_url,
    timezone: row.timezone,
    locale: row.locale,
  },
  operator: row.operator,
  disabledAt: row.disabled_at,
  disabledBy: row.disabled_by,
  failedAttempts: row.failed_attempts,
})
