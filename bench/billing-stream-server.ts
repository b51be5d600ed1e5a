import { memoryStorage } from '@corbel/adapters/memory'
import { redisEventStream } from '@corbel/adapters/redis'
import { auth } from '@corbel/auth'
import { billing } from '@corbel/billing'
import { createStack, fromEnv, newId } from '@corbel/core'
import { silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { setTimeout as delay } from 'node:timers/promises'
import { startServer } from '../examples/reference-host/src/server.ts'
import { cheapHasher } from '../test/auth/cheap-hasher.fixture.ts'
import { peppers } from '../test/auth/support.fixture.ts'
import { connect } from '../test/redis.ts'
import { unlimited } from '../test/unlimited.ts'
import { cpuMicros } from './measure.ts'
import { serveWorker } from './processes.ts'

/** Events to be told, in turns to the first `tenants`. */
export interface TellOrder {
  readonly tenants: number
  readonly events: number
  readonly perSecond: number
}

const [tenants = '', redisUrl = ''] = process.argv.slice(2)

// The hasher and the rates are of tests: what is measured begins when everybody reads.
const stack = createStack({
  modules: [tenant(), auth({ passwords: cheapHasher }), billing()],
  storage: memoryStorage(),
  ...(redisUrl && { eventStream: redisEventStream({ client: connect(redisUrl), prefix: newId('bench') }) }),
  logger: silentLogger,
  rateLimiter: unlimited,
  settings: fromEnv(peppers),
})
const server = await startServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 1 << 20, fetch: stack.fetch })

async function post(path: string, body: object): Promise<Readonly<Record<string, string>>> {
  const headers = { 'content-type': 'application/json' }
  const request = { method: 'POST', headers, body: JSON.stringify(body) }
  const answer = await stack.fetch(new Request(`${server.url}/api/v1/auth/${path}`, request))
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as Readonly<Record<string, string>>
}

const readers: { readonly token: string; readonly tenantId: string }[] = []
for (let number = 0; number < Number(tenants); number++) {
  const account = { email: `${number}@example.test`, password: 'a long enough password for the benchmark' }
  await post('register', { ...account, tenantName: `Tenant ${number}`, acceptTerms: true })
  const { accessToken: token = '', tenantId = '' } = await post('token', account)
  readers.push({ token, tenantId })
}

/** Appends as the relay does with what was committed. @returns microseconds of CPU */
async function tell({ tenants: count, events, perSecond }: TellOrder): Promise<number> {
  const before = cpuMicros(process.pid)
  const begin = performance.now()
  for (let number = 0; number < events; number++) {
    const early = begin + (number * 1000) / perSecond - performance.now()
    if (early > 1) await delay(early)
    const { tenantId } = readers[number % count] ?? { tenantId: '' }
    // The clock that all processes of a machine share, in microseconds.
    const payload = { tenant: tenantId, sentAt: Number(process.hrtime.bigint() / 1000n) }
    await stack.billing.stream.append({
      id: newId('evt'),
      type: 'billing.invoice.changed',
      tenantId,
      occurredAt: new Date(),
      payload,
    } as never)
  }
  return cpuMicros(process.pid) - before
}

serveWorker({ url: `${server.url}/api/v1/billing/stream`, readers }, tell)
