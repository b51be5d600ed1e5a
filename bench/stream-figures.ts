import type { Figure } from './figure.ts'
import { cheapest, type Subject } from './measure.ts'
import { cores, startWorker } from './processes.ts'

const connections = 8000
const messages = 10

/** P10: one event to 8,000 readers. */
export async function streamFigures(rounds: number): Promise<readonly Figure[]> {
  const readers = await startWorker('stream-readers.ts', cores.rest)
  const heap: Record<string, number> = {}
  const side = async (kind: 'raw' | 'ours'): Promise<Subject> => {
    const server = await startWorker('stream-server.ts', cores.subject, kind)
    const url = server.greeting as string
    await readers.ask({ open: { url, connections: 200 } })
    const before = await server.ask<number>({ ask: 'heap' })
    await readers.ask({ open: { url, connections } })
    heap[kind] = ((await server.ask<number>({ ask: 'heap' })) - before) / connections
    let events = 0
    return {
      async slice() {
        const start = await server.ask<number>({ ask: 'cpu' })
        for (let i = 0; i < messages; i++) {
          await server.ask({ ask: 'publish' })
          events += connections + 200
          await readers.ask({ wait: { url, events } })
        }
        const serverMicros = (await server.ask<number>({ ask: 'cpu' })) - start
        return { operations: messages * (connections + 200), serverMicros, databaseMicros: 0 }
      },
      close: () => server.close(),
    }
  }
  const costs = await cheapest({ raw: await side('raw'), ours: await side('ours') }, rounds)
  await readers.close()
  const limit = 'one text written to every response of node:http'
  return [
    {
      id: 'P10 time',
      what: 'one event to one of 8,000 readers',
      limit,
      goal: 1.2,
      raw: costs.raw.total,
      ours: costs.ours.total,
    },
    {
      id: 'P10 heap',
      what: 'memory of one reader',
      limit,
      goal: 1.6,
      unit: 'KB',
      raw: (heap['raw'] ?? 0) / 1024,
      ours: (heap['ours'] ?? 0) / 1024,
    },
  ]
}
