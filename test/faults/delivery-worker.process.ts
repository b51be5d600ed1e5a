import { kyselyStorage } from '@corbel/adapters/kysely'
import { nodeFetcher } from '@corbel/adapters/node-fetcher'
import { poolDeadlines, postgresDialect } from '@corbel/adapters/postgres'
import { createStack, defineModule, fromEnv } from '@corbel/core'
import { DeliveryErrors, silentLogger } from '@corbel/core/ports'
import { Kysely } from 'kysely'
import pg from 'pg'

// A dispatcher in a process of its own, to be killed: `node delivery-worker.process.ts <url of the database> <url of the receiver>`.
const [, , connectionString = '', receiver = ''] = process.argv
const db = new Kysely<unknown>({
  dialect: postgresDialect({ pool: new pg.Pool({ connectionString, max: 8, ...poolDeadlines }) }),
})
const fetcher = nodeFetcher({ allow: ['127.0.0.1'] })

const sender = defineModule({
  name: 'lab',
  services: () => ({}),
  deliveries: () => [
    {
      name: 'lab.webhook',
      events: ['lab.thing.done'],
      recipients: async ({ payload }) => [(payload as { readonly recipient: string }).recipient],
      async send({ event, recipient, signal }) {
        const { status } = await fetcher.fetch(`${receiver}/${recipient}`, {
          method: 'POST',
          headers: { 'webhook-id': event.id },
          body: JSON.stringify(event.payload),
          timeoutMs: 500,
          signal,
        })
        if (status !== 200) throw DeliveryErrors.unavailable({ detail: `HTTP ${status}` })
        return `HTTP ${status}`
      },
    },
  ],
})

const stack = createStack({
  modules: [sender],
  storage: kyselyStorage({ db }),
  logger: silentLogger,
  settings: fromEnv({}),
})
await stack.start()
process.stdout.write('0\n')
