import { newId } from '@corbel/core'
import { openHostStack, signIn } from './host-stack.ts'
import type { Worked } from './measured.ts'
import { serveWorker } from './processes.ts'

const batches = 200
const inFlight = 4

const [url = ''] = process.argv.slice(2)
const { stack } = await openHostStack(url)
const { tenantId } = await signIn(stack.fetch)

/** What a tenant used, a batch at a time, each under a key of its own. */
async function record(size: number): Promise<Worked> {
  let left = batches
  const begin = performance.now()
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left-- > 0) {
        const reports = Array.from({ length: size }, () => ({
          featureKey: 'agent-messages',
          quantity: '1',
          idempotencyKey: newId('key'),
        }))
        await stack.billing.usage.recordAll(tenantId as never, reports)
      }
    }),
  )
  return { operations: batches * size, seconds: (performance.now() - begin) / 1000 }
}

serveWorker('ready', record)
