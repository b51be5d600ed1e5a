import pg from 'pg'

// What a registration writes in one transaction; a row here is a half of one.
const halves: Readonly<Record<string, string>> = {
  'users without a tenant': `select email from corbel_users u
    where not exists (select from corbel_memberships m where m.user_id = u.id and m.role = 'owner')`,
  'tenants without an owner': `select id from corbel_tenants t
    where not exists (select from corbel_memberships m where m.tenant_id = t.id and m.role = 'owner')`,
  'tenants without settings': `select id from corbel_tenants t
    where not exists (select from corbel_tenant_settings s where s.tenant_id = t.id)`,
  'registrations without their event': `select email from corbel_users u where not operator and not exists (
    select from corbel_outbox o where o.type = 'auth.user.registered' and o.payload ->> 'userId' = u.id)`,
}

export interface Audit {
  readonly halves: readonly string[]
  readonly emails: ReadonlySet<string>
}

/** Looks, as an administrator whom no policy binds, for what was half written, and at who is registered. */
export async function audit(connectionString: string): Promise<Audit> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const found: string[] = []
    for (const [what, sql] of Object.entries(halves)) {
      const { rows } = await client.query<Record<string, string>>(sql)
      found.push(...rows.map((row) => `${what}: ${Object.values(row).join()}`))
    }
    const { rows } = await client.query<{ readonly email: string }>(
      'select email from corbel_users where not operator',
    )
    return { halves: found, emails: new Set(rows.map(({ email }) => email)) }
  } finally {
    await client.end()
  }
}

export const asAdmin = (url: string): string => url.replace('//corbel@', '//admin@')
