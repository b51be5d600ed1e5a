import pg from 'pg'
import { openHostStack } from './host-stack.ts'
import { cpuMicros, type Slice } from './measure.ts'
import { serveWorker } from './processes.ts'
import { batch, rawQueue } from './raw-queue.ts'

const batches = 160

const [url = '', rawUrl = ''] = process.argv.slice(2)
const { stack, storage } = await openHostStack(url)

const client = new pg.Client({ connectionString: rawUrl })
await client.connect()
const raw = await rawQueue(client)

async function oursOnce(): Promise<void> {
  const events = Array.from({ length: batch }, (_, i) => ({
    type: 'bench.event.recorded',
    tenantId: null,
    payload: { i },
  }))
  await storage.transaction(({ events: recorder }) => recorder.record(...events))
  let delivered = 0
  while (delivered < batch) {
    const count = await stack.deliverEvents()
    if (count === 0) throw new Error('Events were lost.')
    delivered += count
  }
}

async function slice(name: string): Promise<Slice> {
  const before = cpuMicros(process.pid)
  for (let i = 0; i < batches; i++) await (name === 'raw' ? raw() : oursOnce())
  return { operations: batches * batch, serverMicros: cpuMicros(process.pid) - before, databaseMicros: 0 }
}

serveWorker('ready', slice)
