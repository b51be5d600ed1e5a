import { readdirSync, readFileSync } from 'node:fs'
import { agentsRepositoriesConformance } from '@corbel/agents/ports'
import { authRepositoriesConformance } from '@corbel/auth/ports'
import { billingRepositoriesConformance } from '@corbel/billing/ports'
import { newId } from '@corbel/core/ports'
import { tenantRepositoriesConformance } from '@corbel/core/tenant/ports'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectFailures } from '../../../../test/collect-failures.ts'
import {
  backends,
  openStorage,
  type OpenStorage,
  openTimeout,
  postgresUrl,
} from '../../../../test/storages.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { postgresDialect } from '../postgres/postgres-dialect.ts'
import { kyselyStorage } from './kysely-storage.ts'
import { platformStatements } from './platform-statements.ts'
import { RowSecurityError } from './row-security.ts'
import { tenantTables } from './tenant-tables.ts'

const databases = (await backends()).filter((backend) => backend !== 'memory')

/** Adds a statement to this list by hand whoever lets another one look across tenants. */
const mayLookAcrossTenants = [
  'accounts.disown',
  'accounts.erase',
  'accounts.list',
  'activity.forget',
  'activity.purge',
  'files.listOfUser',
  'files.removeOfUser',
  'files.removeForsaken',
  'files.listKnown',
  'agentApprovals.expire',
  'agentRuns.adopt',
  'agentRuns.listStalled',
  'apiKeys.findUsable',
  'apiKeys.purge',
  'attempts.find',
  'attempts.listKnownClients',
  'audit.erase',
  'audit.purge',
  'audit.read',
  'audit.record',
  'billingCommands.claim',
  'billingCommands.purge',
  'billingCustomers.lock',
  'billingCustomers.retire',
  'billingInbox.claim',
  'billingInbox.depth',
  'billingInbox.end',
  'billingInbox.insert',
  'billingInbox.list',
  'billingInbox.purge',
  'billingInbox.replay',
  'billingQuotas.purge',
  'billingUsage.claim',
  'billingUsage.depth',
  'billingUsage.end',
  'conversations.listOfUser',
  'conversations.purge',
  'conversations.removeOfUser',
  'billingObjects.listOpen',
  'billingObjects.listOpenOf',
  'billingObjects.load',
  'billingObjects.save',
  'deliveries.abandon',
  'deliveries.claim',
  'deliveries.depth',
  'deliveries.end',
  'deliveries.list',
  'deliveries.ofPlatform',
  'deliveries.purge',
  'deliveries.record',
  'events.record',
  'identities.record',
  'invitations.findOpen',
  'invitations.purge',
  'invitations.redeem',
  'jobs.claim',
  'jobs.dead',
  'jobs.enqueue',
  'jobs.hold',
  'jobs.redrive',
  'memberships.listOfUser',
  'memberships.listSoleOwned',
  'memberships.removeUser',
  'outbox.claim',
  'outbox.defer',
  'outbox.depth',
  'outbox.settle',
  'serviceAccounts.findClient',
  'serviceAccounts.listRevokedSince',
  'serviceAccounts.purge',
  'sessions.listAgents',
  'sessions.listRevokedSince',
  'sessions.purge',
  'sessions.revokeAll',
  'sessions.revokeByToken',
  'sessions.rotate',
  'signInChallenges.find',
  'signInChallenges.purge',
  'ssoConnections.find',
  'ssoConnections.listOffered',
  'ssoConnections.ofPlatform',
  'ssoStates.insert',
  'ssoStates.purge',
  'ssoStates.redeem',
  'tenants.list',
  'tenants.listChangedSince',
  'users.findForAttempt',
  'users.findForSignIn',
]

test('statements that look across tenants are these, each named where it is made', () => {
  expect(Object.keys(platformStatements).toSorted()).toEqual(mayLookAcrossTenants.toSorted())
  const folder = new URL('.', import.meta.url)
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|scoped-db\.ts$/.test(path))
    .map((path) => readFileSync(new URL(path, folder), 'utf8'))
    .join('\n')
  const named = [...sources.matchAll(/\.(?:platform|forOwner)\((?:\w+, )?'([^']+)'\)/g)].map(
    ([, name]) => name,
  )
  expect(new Set<unknown>(named)).toEqual(new Set<unknown>(mayLookAcrossTenants))
  expect(sources.match(/\.(?:platform|forOwner)\(/g)).toHaveLength(named.length)
})

/** Keys that do not begin with the tenant, so that a duplicate in another tenant is noticed: each must have a reason. */
const globalKeys: Readonly<Record<string, string>> = {
  corbel_tenants_slug_key:
    'a slug is an address; it ends in a part of the id, so nobody can try for another one',
  corbel_refresh_tokens_pkey:
    'a refresh token is found before its tenant is known; the digest of 256 random bits is not guessed',
  corbel_sign_in_challenges_digest_key:
    'a challenge is found before its tenant is known; the digest of 256 random bits is not guessed',
  corbel_invitations_pkey: 'a random id, given by the maker',
  corbel_invitations_digest_key:
    'an invitation is found before its tenant is known; the digest of 256 random bits is not guessed',
  corbel_api_keys_pkey: 'a key is found before its tenant is known; a random id, given by the maker',
  corbel_service_accounts_pkey:
    'a client is found before its tenant is known; a random id, given by the maker',
  corbel_revoked_access_tokens_pkey: 'a random id, given by the issuer of the token',
  corbel_deliveries_pkey: 'a random id, given by the store',
  corbel_deliveries_event_key: 'the id of an event, which is random, and of a recipient of one tenant',
  corbel_sso_connections_pkey:
    'a connection is found before its tenant is known; a random id, given by the maker',
  corbel_sso_states_pkey:
    'a state is found before its tenant is known; the digest of 256 random bits is not guessed',
  corbel_agent_files_id_key: 'a random id, given by the maker',
  corbel_billing_commands_pkey: 'a random id, given by the maker',
  corbel_billing_commands_key_key: 'made of the tenant and of a random id',
  corbel_billing_customers_customer_key: 'a customer is one tenant; the gateway gives the id',
  corbel_billing_objects_pkey: 'an object belongs to one customer; the gateway gives the id',
  corbel_billing_inbox_pkey:
    'an event is known to the gateway before its tenant is; the gateway gives the id',
  corbel_billing_inbox_seq_key: 'a number that the database counts',
  corbel_outbox_pkey: 'a random id, given by the recorder',
  corbel_jobs_pkey: 'a number that the database counts',
  corbel_jobs_id_key: 'a random id, given by the recorder',
}

describe.each(databases)('row-level security on %s', (backend) => {
  let opened: OpenStorage
  const mutated = new Set<string>()
  let isMutating = true

  // The predicates that the application itself makes, taken away; the parameters stay in use.
  const withoutPredicates = (text: string): string => {
    if (!isMutating) return text
    const ofTenants = /"corbel_tenants"/.test(text)
      ? text.replaceAll(/"id" = (\$\d+)/g, '$1::text is not null')
      : text
    const stripped = ofTenants.replaceAll(
      /(?:"\w+"\.|\b\w+\.)?"?tenant_id"? = (\$\d+)/g,
      '$1::text is not null',
    )
    if (stripped !== text) mutated.add(text)
    return stripped
  }

  beforeAll(async () => {
    opened = await openStorage(backend, { rewrite: withoutPredicates })
  }, openTimeout)
  afterAll(() => opened?.close())

  const db = () => opened.db as Kysely<unknown>
  const fresh = async () => {
    await opened.clear()
    return opened.storage
  }

  test('every table with a tenant is listed, bound for its owner too, and has a policy', async () => {
    const { rows } = await sql<{ name: string; policies: number; bound: boolean }>`
      select c.relname as name, (select count(*)::integer from pg_policy p where p.polrelid = c.oid) as policies,
        c.relrowsecurity and c.relforcerowsecurity as bound
      from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and (c.relname = 'corbel_tenants'
        or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))
      order by 1`.execute(db())
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(tenantTables).toSorted())
    for (const { policies, bound } of rows) expect([policies > 0, bound]).toEqual([true, true])
  })

  test('unique keys begin with the tenant, or say why not', async () => {
    const { rows } = await sql<{ name: string }>`
      select x.relname as name from pg_index i
      join pg_class x on x.oid = i.indexrelid
      join pg_class c on c.oid = i.indrelid
      join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where i.indisunique and c.relnamespace = current_schema()::regnamespace
        and a.attname <> case c.relname when 'corbel_tenants' then 'id' else 'tenant_id' end
        and c.relname = any(${Object.keys(tenantTables)}::text[])
      order by 1`.execute(db())
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(globalKeys).toSorted())
  })

  // The whole law of the repositories, isolation included, with nothing left to keep it but the policies.
  describe('alone, without the predicates of the application', () => {
    tenantRepositoriesConformance(conforming('tenant repositories', `${backend}, policies alone`), fresh)
    authRepositoriesConformance(conforming('auth repositories', `${backend}, policies alone`), fresh)
    agentsRepositoriesConformance(conforming('agents repositories', `${backend}, policies alone`), fresh)
    billingRepositoriesConformance(conforming('billing repositories', `${backend}, policies alone`), fresh)

    test('the predicates of every table were really taken away', () => {
      const all = [...mutated].join('\n')
      for (const table of ['tenants', 'memberships', 'tenant_settings', 'sessions'])
        expect(all).toContain(`corbel_${table}`)
      expect(mutated.size).toBeGreaterThanOrEqual(8)
    })
  })

  test('a statement that names no tenant sees and changes nothing', async () => {
    const storage = await fresh()
    const id = newId('ten')
    await storage.repositories.tenant.tenants.insert({
      id,
      slug: id,
      name: 'Acme',
      createdAt: '2026-03-01T12:00:00.000Z',
    })
    expect(await storage.repositories.tenant.tenants.rename(newId('ten'), 'Taken')).toBe(null)
    expect(await storage.repositories.tenant.tenants.find(newId('ten'))).toBe(null)
    expect(await storage.repositories.tenant.tenants.find(id)).toMatchObject({ name: 'Acme' })
  })

  // Last, for it takes the wall down: the same suites must notice.
  describe('taken down', () => {
    beforeAll(async () => {
      for (const table of Object.keys(tenantTables))
        await sql`alter table ${sql.table(table)} disable row level security`.execute(db())
    })

    const failures = () =>
      collectFailures((suite) => {
        tenantRepositoriesConformance(suite, fresh)
        authRepositoriesConformance(suite, fresh)
        agentsRepositoriesConformance(suite, fresh)
      })

    // Shows that the laws can fail, which is not a matter of the engine.
    test.runIf(backend === databases.at(-1))(
      'without the predicates tenants see each other',
      async () => {
        const found = await failures()
        expect(found.length).toBeGreaterThan(8)
        const text = JSON.stringify(found)
        for (const law of [
          'members of another tenant are not listed',
          'in their tenant only',
          'leaves the settings of other tenants alone',
        ])
          expect(text).toContain(law)
      },
      openTimeout,
    )

    test('a start is refused, with the statements that put it up again', async () => {
      const error = await opened.storage.check().catch((cause: unknown) => cause)
      expect(error).toBeInstanceOf(RowSecurityError)
      const { message } = error as Error
      for (const table of Object.keys(tenantTables))
        expect(message).toContain(`alter table ${table} force row level security;`)
    })

    test(
      'with its predicates the application keeps tenants apart by itself',
      async () => {
        isMutating = false
        expect(await failures()).toEqual([])
      },
      openTimeout,
    )
  })
})

test('another dialect is refused at once', () => {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: {} as never }) })
  expect(() => kyselyStorage({ db })).toThrow('kyselyStorage needs a Kysely made with postgresDialect')
})

describe('a role that no policy binds', () => {
  const admins = ['postgres://postgres@127.0.0.1:5432/postgres', process.env['CORBEL_TEST_ADMIN_URL']]

  test('is refused at start, and said to be a superuser', async ({ skip }) => {
    let admin: Kysely<unknown> | undefined
    for (const connectionString of admins) {
      if (connectionString === undefined || (await postgresUrl()) === null) continue
      const db = new Kysely<unknown>({
        dialect: postgresDialect({ pool: new pg.Pool({ connectionString, max: 1 }) }),
      })
      const { rows } = await sql<{ super: boolean }>`
        select rolsuper as super from pg_roles where rolname = current_user`
        .execute(db)
        .catch(() => ({ rows: [] }))
      if (rows[0]?.super) admin = db
      else await db.destroy()
    }
    if (!admin) return skip('no superuser can be reached here')
    const schema = newId('corbel_test')
    try {
      await sql`create schema ${sql.id(schema)}`.execute(admin)
      await sql`set search_path = ${sql.id(schema)}`.execute(admin)
      await sql`create table corbel_tenants (id text)`.execute(admin)
      await expect(kyselyStorage({ db: admin }).check()).rejects.toThrow(
        /because it is a superuser\. Connect as a plain role.*create role/,
      )
      await kyselyStorage({ db: admin, rowSecurity: 'ignore' }).check()
    } finally {
      await sql`drop schema ${sql.id(schema)} cascade`.execute(admin)
      await admin.destroy()
    }
  })
})
