import { AuthErrors, type User, type UserRepository } from '@corbel/auth/ports'
import type { Role } from '@corbel/core/tenant/ports'
import { CompiledQuery, type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import { onUniqueViolation } from '../unique-violation.ts'
import type { AuthTables } from './tables.ts'

type UserRow = Selectable<AuthTables['corbel_users']>

// Read by every request that asks who the caller is, so it is not built again each time.
const findMember = `
  select u.id, u.email, u.display_name, u.email_verified, u.created_at, m.role
  from corbel_memberships m join corbel_users u on u.id = m.user_id
  where m.tenant_id = $1 and m.user_id = $2`

export const kyselyUserRepository = (db: TenantDb): UserRepository => ({
  async insert({ user, operator, credential, termsAcceptedAt }) {
    const inserted = db.shared
      .with('created', (query) =>
        query.insertInto('corbel_users').values({
          id: user.id,
          email: user.email,
          display_name: user.displayName,
          email_verified: user.emailVerified,
          operator,
          terms_accepted_at: termsAcceptedAt,
          created_at: new Date(user.createdAt),
        }),
      )
      .insertInto('corbel_credentials')
      .values({ user_id: user.id, password_hash: credential.passwordHash, pepper_id: credential.pepperId })
      .execute()
    await onUniqueViolation('corbel_users_email_key', inserted, AuthErrors.emailTaken)
  },

  async findForSignIn(email) {
    type Row = UserRow & {
      readonly password_hash: string
      readonly pepper_id: string
      readonly memberships: readonly { readonly tenantId: `ten_${string}`; readonly role: Role }[]
    }
    const { rows } = await sql<Row>`
      select u.*, c.password_hash, c.pepper_id, coalesce((
        select jsonb_agg(jsonb_build_object('tenantId', m.tenant_id, 'role', m.role) order by m.created_at, m.tenant_id)
        from corbel_memberships m where m.user_id = u.id), '[]'::jsonb) as memberships
      from corbel_users u join corbel_credentials c on c.user_id = u.id
      where u.email = ${email}`.execute(db.platform('users.findForSignIn'))
    const [row] = rows
    if (!row) return null
    const { operator, password_hash: passwordHash, pepper_id: pepperId, memberships } = row
    return { user: toUser(row), operator, credential: { passwordHash, pepperId }, memberships }
  },

  async find(id) {
    const row = await db.shared.selectFrom('corbel_users').selectAll().where('id', '=', id).executeTakeFirst()
    return row ? toUser(row) : null
  },

  async findMember(tenantId, id) {
    const { rows } = await db
      .forTenant(tenantId)
      .executeQuery(CompiledQuery.raw(findMember, [tenantId, id]) as CompiledQuery<UserRow & { role: Role }>)
    const [row] = rows
    return row ? { user: toUser(row), role: row.role } : null
  },

  async replaceCredential(id, credential, expected) {
    const { numUpdatedRows } = await db.shared
      .updateTable('corbel_credentials')
      .set({ password_hash: credential.passwordHash, pepper_id: credential.pepperId })
      .where('user_id', '=', id)
      .where('password_hash', '=', expected.passwordHash)
      .where('pepper_id', '=', expected.pepperId)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async hasOperator() {
    const row = await db.shared
      .selectFrom('corbel_users')
      .select('id')
      .where('operator', '=', true)
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  },
})

const toUser = (
  row: Pick<UserRow, 'id' | 'email' | 'display_name' | 'email_verified' | 'created_at'>,
): User => ({
  id: row.id,
  email: row.email,
  displayName: row.display_name,
  emailVerified: row.email_verified,
  createdAt: row.created_at.toISOString(),
})
