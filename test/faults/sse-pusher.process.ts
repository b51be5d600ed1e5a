import { createServer } from 'node:http'
import { memoryStorage } from '@corbel/adapters/memory'
import {
  anyone,
  createStack,
  defineContract,
  defineModule,
  eventStream,
  fromEnv,
  implement,
  type ServerSentEvent,
} from '@corbel/core'
import { silentLogger } from '@corbel/core/ports'
import * as z from 'zod'
import { startServer } from '../../examples/reference-host/src/server.ts'

// Pushes an event of 64 KB to every reader for each byte that it is sent: `node sse-pusher.process.ts good|bad`. Prints its port.
const text = 'x'.repeat(64 * 1024)
const events: ServerSentEvent<string>[] = []
let pushed = Promise.withResolvers<void>()

async function* follow(): AsyncGenerator<ServerSentEvent<string>> {
  for (let at = events.length; ;) {
    while (at < events.length) yield events[at++] as ServerSentEvent<string>
    await pushed.promise
  }
}

const contract = defineContract('feed', '', {
  follow: {
    method: 'GET',
    path: '/feed',
    access: anyone,
    summary: 'Events',
    success: eventStream(z.string()),
  },
})
const feed = defineModule({
  name: 'feed',
  services: () => ({}),
  routes: () => implement(contract, { follow: async () => follow() }),
})

/** The bad control writes to whoever is there, whether they read or not. */
async function startCareless(): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(':\n\n')
    let at = events.length
    const write = (): void => {
      while (at < events.length)
        response.write(`id: ${events[at]?.id}\ndata: ${JSON.stringify(events[at++]?.data)}\n\n`)
      void pushed.promise.then(write)
    }
    write()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  return typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : ''
}

async function startCareful(): Promise<string> {
  const stack = createStack({
    modules: [feed],
    storage: memoryStorage() as never,
    logger: silentLogger,
    settings: fromEnv({}),
  })
  return (await startServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 1024, fetch: stack.fetch })).url
}

const url = await (process.argv[2] === 'bad' ? startCareless() : startCareful())
process.stdin.on('data', (orders: Buffer) => {
  for (let i = 0; i < orders.length; i++) {
    events.push({ id: String(events.length + 1), data: text })
    const woken = pushed
    pushed = Promise.withResolvers()
    woken.resolve()
  }
})
process.stdout.write(`${new URL(url).port}\n`)
