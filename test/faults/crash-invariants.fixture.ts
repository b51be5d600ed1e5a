import pg from 'pg'
import { halves } from '../halves.ts'

/** What no crash may leave behind: each finds rows of which something is missing. */
const invariants: Readonly<Record<string, string>> = {
  ...halves,
  'sessions without a refresh token': `select id from corbel_sessions s
    where not exists (select from corbel_refresh_tokens t where t.session_id = s.id)`,
  'sessions without their event': `select id from corbel_sessions s where not exists (
    select from recorded_events o where o.type = 'auth.session.opened' and o.payload ->> 'sessionId' = s.id)`,
  'replaced tokens without their successor': `select digest from corbel_refresh_tokens t
    where replaced_at is not null and not exists (select from corbel_refresh_tokens n where n.digest = t.successor_digest)`,
  'sessions with two tokens': `select session_id from corbel_refresh_tokens where replaced_at is null
    group by session_id having count(*) > 1`,
  'revocations without their event': `select id from corbel_sessions s where revoked_at is not null and not exists (
    select from recorded_events o where (o.type = 'auth.session.revoked' and o.payload ->> 'sessionId' = s.id)
      or (o.type = 'auth.session.all_revoked' and o.payload ->> 'userId' = s.user_id))`,
  'redeemed verifications of unverified users': `select user_id from corbel_email_verifications v
    join corbel_users u on u.id = v.user_id where v.redeemed_at is not null and not u.email_verified`,
  'verifications without their event': `select id from corbel_users u where email_verified and not operator and not exists (
    select from recorded_events o where o.type = 'auth.email_verification.completed' and o.payload ->> 'userId' = u.id)`,
  'new names without their event': `select id from corbel_tenants t where name like 'Renamed%' and not exists (
    select from recorded_events o where o.type = 'tenant.account.renamed' and o.tenant_id = t.id)`,
  'new settings without their event': `select tenant_id from corbel_tenant_settings s where version > 1 and not exists (
    select from recorded_events o where o.type = 'tenant.settings.changed' and o.tenant_id = s.tenant_id)`,
}

async function asking<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Each violation in words, as an administrator whom no policy binds finds it. */
export const auditAfterCrash = (connectionString: string): Promise<readonly string[]> =>
  asking(connectionString, async (client) => {
    const found: string[] = []
    for (const [what, sql] of Object.entries(invariants)) {
      const { rows } = await client.query<Record<string, string>>(sql)
      found.push(...rows.map((row) => `${what}: ${Object.values(row).join()}`))
    }
    return found
  })

/** As if the time had come at which what a dead process held is free again. */
export const endLeases = (connectionString: string): Promise<void> =>
  asking(connectionString, async (client) => {
    await client.query('update corbel_outbox set due_at = now()')
    await client.query('update corbel_idempotency_keys set lease_until = now() where status is null')
  })
