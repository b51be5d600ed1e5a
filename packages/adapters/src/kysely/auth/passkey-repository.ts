import {
  AuthErrors,
  type FactorId,
  type PasskeyRecord,
  type PasskeyRepository,
  type UserId,
} from '@corbel/auth/ports'
import type { Clock } from '@corbel/core/ports'
import { type RawBuilder, sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'
import { onUniqueViolation } from '../violations.ts'

export const kyselyPasskeyRepository = (db: TenantDb, clock: Clock): PasskeyRepository => ({
  async insert({ id, userId, label, createdAt, ...passkey }, events) {
    const { credentialId, publicKey, counter, transports, backupEligible, backedUp } = passkey
    const inserted = sql`
      with factor as (
        insert into corbel_factors (user_id, id, kind, label, created_at, confirmed_at)
        values (${userId}, ${id}, 'passkey', ${label}, ${createdAt}::timestamptz, ${createdAt}::timestamptz)
      ), recorded as (${insertEvents(clock, events)})
      insert into corbel_passkeys
        (user_id, id, credential_id, public_key, counter, transports, backup_eligible, backed_up)
      values (${userId}, ${id}, ${credentialId}, ${publicKey}, ${counter}, ${[...transports]}::text[],
        ${backupEligible}, ${backedUp})`.execute(db.forOwner(events, 'events.record'))
    await onUniqueViolation('corbel_passkeys_credential_key', inserted, AuthErrors.passkeyTaken)
  },

  async find(credentialId) {
    const [passkey = null] = await select(db, sql`p.credential_id = ${credentialId}`)
    return passkey
  },

  list: (userId) => select(db, sql`p.user_id = ${userId}`),

  async claim({ passkey: { userId, id }, counter, backedUp, challenge, now }) {
    const { rows } = await sql<{ readonly fresh: boolean; readonly moved: boolean }>`
      with used as (
        insert into corbel_nonces (digest, expires_at) values (${challenge.digest}, ${challenge.expiresAt}::timestamptz)
        on conflict (digest) do nothing returning digest
      ), moved as (
        update corbel_passkeys set counter = ${counter}, backed_up = ${backedUp}
        where user_id = ${userId} and id = ${id} and exists (select from used)
          and (counter < ${counter} or (counter = 0 and ${counter}::bigint = 0))
        returning user_id, id
      ), seen as (
        update corbel_factors f set last_used_at = ${now}::timestamptz from moved m
        where f.user_id = m.user_id and f.id = m.id
      )
      select exists (select from used) as fresh, exists (select from moved) as moved`.execute(db.shared)
    const [{ fresh, moved } = { fresh: false, moved: false }] = rows
    if (!fresh) return 'replayed'
    return moved ? 'claimed' : 'refused'
  },
})

interface PasskeyRow {
  readonly user_id: UserId
  readonly id: FactorId
  readonly label: string | null
  readonly created_at: Date
  readonly last_used_at: Date | null
  readonly credential_id: string
  readonly public_key: string
  readonly counter: number | string
  readonly transports: string[]
  readonly backup_eligible: boolean
  readonly backed_up: boolean
}

async function select(db: TenantDb, condition: RawBuilder<unknown>): Promise<readonly PasskeyRecord[]> {
  const { rows } = await sql<PasskeyRow>`
    select p.*, f.label, f.created_at, f.last_used_at
    from corbel_passkeys p join corbel_factors f on f.user_id = p.user_id and f.id = p.id
    where ${condition} order by p.id`.execute(db.shared)
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    label: row.label,
    credentialId: row.credential_id,
    publicKey: row.public_key,
    // Drivers give a bigint as text; this one has 32 bits (WebAuthn §6.1).
    counter: Number(row.counter),
    transports: row.transports,
    backupEligible: row.backup_eligible,
    backedUp: row.backed_up,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }))
}
