import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
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
import { memoryStorage } from '@corbel/adapters/memory'
import * as z from 'zod'
import { startServer } from '../examples/reference-host/src/server.ts'
import { cpuMicros } from './measure.ts'
import { serveWorker } from './processes.ts'

interface Order {
  readonly ask: 'publish' | 'cpu' | 'heap'
}

// '~' marks the end of an event for the reader, who counts them.
const message = (number: number) => ({ number, text: 'x'.repeat(100), end: '~' })

let number = 0
const { url, publish } = await (process.argv[2] === 'raw' ? rawServer() : ourServer())

/** The limit: one text, written to every response. */
async function rawServer() {
  const responses = new Set<ServerResponse>()
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(':\n\n')
    responses.add(response)
    response.on('close', () => responses.delete(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`,
    publish() {
      const text = `id: ${++number}\ndata: ${JSON.stringify(message(number))}\n\n`
      for (const response of responses) response.write(text)
    },
  }
}

/** The host's server over a stack with one stream, which every reader follows from where they come in. */
async function ourServer() {
  const events: ServerSentEvent<ReturnType<typeof message>>[] = []
  let published = Promise.withResolvers<void>()
  async function* follow() {
    for (let at = events.length; ;) {
      while (at < events.length) yield events[at++] as (typeof events)[number]
      await published.promise
    }
  }
  const schema = z.object({ number: z.int(), text: z.string(), end: z.string() })
  const contract = defineContract('feed', '', {
    follow: { method: 'GET', path: '/feed', access: anyone, summary: 'Events', success: eventStream(schema) },
  })
  const feed = defineModule({
    name: 'feed',
    services: () => ({}),
    routes: () => implement(contract, { follow: async () => follow() }),
  })
  const storage = memoryStorage()
  const stack = createStack({
    modules: [feed],
    storage: { ...storage, repositories: { ...storage.repositories, feed: undefined } } as never,
    logger: silentLogger,
    settings: fromEnv({ APP_PUBLIC_URL: 'http://127.0.0.1:3000' }),
  })
  const server = await startServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 1 << 20, fetch: stack.fetch })
  return {
    url: `${server.url}/feed`,
    publish() {
      events.push({ id: `${++number}`, data: message(number) })
      const woken = published
      published = Promise.withResolvers()
      woken.resolve()
    },
  }
}

async function answer({ ask }: Order): Promise<unknown> {
  if (ask === 'publish') publish()
  if (ask === 'cpu') return cpuMicros(process.pid)
  if (ask !== 'heap') return null
  for (let i = 0; i < 3; i++) globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

serveWorker(url, answer)
