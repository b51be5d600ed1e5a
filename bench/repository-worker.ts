import pg from 'pg'
import { ScopedText, tenantScope } from '../packages/adapters/src/row-scope.ts'
import { prepareScope, queryScoped } from '../packages/adapters/src/postgres/tenant-query.ts'
import { openHostStack, signIn } from './host-stack.ts'
import { cpuMicros, type Slice } from './measure.ts'
import { memberQuery } from './raw-member.ts'
import { serveWorker } from './processes.ts'

const operations = 30_000
const inFlight = 32

const [url = '', rawUrl = ''] = process.argv.slice(2)
const { stack, storage } = await openHostStack(url)
const { tenantId, userId } = await signIn(stack.fetch)
const { users } = storage.repositories.auth

const client = new pg.Client({ connectionString: rawUrl, pipeline: true })
await client.connect()
await prepareScope(client)
const query = memberQuery(tenantId, userId)
const scoped = new ScopedText(query.text.replaceAll('raw_', ''), tenantScope(tenantId as never))

const reads: Readonly<Record<string, () => Promise<unknown>>> = {
  raw: () => client.query(query),
  scoped: () => queryScoped(client, scoped, query.values, { name: 'scoped_member' }),
  ours: () => users.findMember(tenantId as never, userId as never),
}

async function slice(name: string): Promise<Slice> {
  const read = reads[name]
  if (read === undefined) throw new Error(name)
  let left = operations
  const before = cpuMicros(process.pid)
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left-- > 0) await read()
    }),
  )
  return { operations, serverMicros: cpuMicros(process.pid) - before, databaseMicros: 0 }
}

serveWorker('ready', slice)
