import { AuthErrors, type SignInCandidate, type User, type UserRepository } from '@corbel/auth/ports'
import type { Role } from '@corbel/core/tenant/ports'
import { CompiledQuery, type RawBuilder, type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import { onUniqueViolation } from '../violations.ts'
import { type AttemptColumns, attemptColumns, toAttemptState } from './attempt-repository.ts'
import type { AuthTables } from './tables.ts'

type UserRow = Selectable<AuthTables['corbel_users']>

// Read by every request that asks who the caller is, so it is not built again each time.
const findMember = `
  select u.id, u.email, u.display_name, u.email_verified, u.created_at, m.role
  from corbel_memberships m join corbel_users u on u.id = m.user_id
  where m.tenant_id = $1 and m.user_id = $2`

export const kyselyUserRepository = (db: TenantDb): UserRepository => ({
  async insert({ user, operator, credential, termsAcceptedAt, registrant = null }) {
    const inserted = db.shared
      .with('created', (query) =>
        query.insertInto('corbel_users').values({
          id: user.id,
          email: user.email,
          display_name: user.displayName,
          email_verified: user.emailVerified,
          operator,
          terms_accepted_at: termsAcceptedAt,
          registrant,
          created_at: new Date(user.createdAt),
        }),
      )
      .insertInto('corbel_credentials')
      .values({ user_id: user.id, password_hash: credential.passwordHash, pepper_id: credential.pepperId })
      .execute()
    await onUniqueViolation('corbel_users_email_key', inserted, AuthErrors.emailTaken)
  },

  findForSignIn: (email) => findCandidate(db, sql`u.email = ${email}`),

  findForSignInById: (id) => findCandidate(db, sql`u.id = ${id}`),

  async findForAttempt(email, query) {
    const { rows } = await sql<(CandidateRow | { readonly id: null }) & AttemptColumns>`
      select ${candidateColumns}, ${attemptColumns(query)} from (values (true)) as always (here)
      left join (corbel_users u join corbel_credentials c on c.user_id = u.id) on u.email = ${email}`.execute(
      db.platform('users.findForAttempt'),
    )
    const [row] = rows
    if (!row) throw new Error('A statement that always answers with one row has answered with none.')
    return { candidate: row.id === null ? null : toCandidate(row), attempts: toAttemptState(row) }
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

  async findPasswords(id) {
    const row = await db.shared
      .selectFrom('corbel_credentials')
      .selectAll()
      .where('user_id', '=', id)
      .executeTakeFirst()
    if (!row) return null
    const { password_hash: passwordHash, pepper_id: pepperId, previous } = row
    return { credential: { passwordHash, pepperId }, previous }
  },

  async changePassword(id, { passwordHash, pepperId }, expected, keep) {
    const { numAffectedRows = 0n } = await sql`
      update corbel_credentials c set password_hash = ${passwordHash}, pepper_id = ${pepperId}, previous = (
        select coalesce(jsonb_agg(p.credential order by p.position), '[]'::jsonb)
        from jsonb_array_elements(
          jsonb_build_object('passwordHash', c.password_hash, 'pepperId', c.pepper_id) || c.previous
        ) with ordinality as p (credential, position)
        where p.position <= ${keep})
      where user_id = ${id} and (${expected === null} or
        (password_hash = ${expected?.passwordHash ?? ''} and pepper_id = ${expected?.pepperId ?? ''}))`.execute(
      db.shared,
    )
    return numAffectedRows > 0n
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

interface CandidateRow extends UserRow {
  readonly password_hash: string
  readonly pepper_id: string
  readonly memberships: SignInCandidate['memberships']
  readonly factors: SignInCandidate['factors']
  readonly has_recovery_codes: boolean
}

// Of a user `u` and their credential `c`.
const candidateColumns = sql`u.*, c.password_hash, c.pepper_id, coalesce((
    select jsonb_agg(
      jsonb_build_object('tenantId', m.tenant_id, 'role', m.role, 'scopes', m.scopes, 'mfa', coalesce(p.policy, 'optional'))
      order by m.created_at, m.tenant_id)
    from corbel_memberships m left join corbel_mfa_policies p on p.tenant_id = m.tenant_id
    where m.user_id = u.id), '[]'::jsonb) as memberships, coalesce((
    select jsonb_agg(distinct f.kind) from corbel_factors f
    where f.user_id = u.id and f.confirmed_at is not null), '[]'::jsonb) as factors,
  exists (select from corbel_recovery_codes r where r.user_id = u.id) as has_recovery_codes`

async function findCandidate(db: TenantDb, condition: RawBuilder<unknown>): Promise<SignInCandidate | null> {
  const { rows } = await sql<CandidateRow>`
    select ${candidateColumns} from corbel_users u join corbel_credentials c on c.user_id = u.id
    where ${condition}`.execute(db.platform('users.findForSignIn'))
  return rows[0] ? toCandidate(rows[0]) : null
}

const toCandidate = (row: CandidateRow): SignInCandidate => ({
  user: toUser(row),
  operator: row.operator,
  credential: { passwordHash: row.password_hash, pepperId: row.pepper_id },
  registrant: row.registrant,
  isDisabled: row.disabled_at !== null,
  memberships: row.memberships,
  factors: row.factors,
  hasRecoveryCodes: row.has_recovery_codes,
})

export const toUser = (
  row: Pick<UserRow, 'id' | 'email' | 'display_name' | 'email_verified' | 'created_at'>,
): User => ({
  id: row.id,
  email: row.email,
  displayName: row.display_name,
  emailVerified: row.email_verified,
  createdAt: row.created_at.toISOString(),
})
