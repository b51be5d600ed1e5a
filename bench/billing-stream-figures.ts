import { redisUrl } from '../test/redis.ts'
import type { Heard, ReadersOrder } from './billing-stream-readers.ts'
import type { TellOrder } from './billing-stream-server.ts'
import type { Figure } from './figure.ts'
import { cores, startWorker, type Worker } from './processes.ts'

const readers = 5000
const goalMs = 100

interface Scene {
  readonly id: string
  readonly tenants: number
  readonly perSecond: number
  readonly events: number
}

/** 5,000 events a second reach somebody in the first, 10,000 in the second. */
const scenes: readonly Scene[] = [
  { id: 'B6', tenants: 500, perSecond: 500, events: 2500 },
  { id: 'B6 one', tenants: 1, perSecond: 2, events: 10 },
]

/** B6: from the outbox to 5,000 readers of the billing stream at one replica, of many tenants and of one. */
export async function billingStreamFigures(rounds: number): Promise<readonly Figure[]> {
  const redis = await redisUrl()
  const figures: Figure[] = []
  for (const [stream, ...args] of [['memory'], ...(redis === null ? [] : [['Redis', redis]])] as const) {
    const server = await startWorker('billing-stream-server.ts', cores.subject, '500', ...args)
    const client = await startWorker('billing-stream-readers.ts', cores.rest)
    try {
      for (const scene of scenes) figures.push(await sceneFigure(scene, stream, server, client, rounds))
    } finally {
      await client.close()
      await server.close()
    }
  }
  return figures
}

async function sceneFigure(
  { id, tenants, perSecond, events }: Scene,
  stream: string,
  server: Worker,
  client: Worker,
  rounds: number,
): Promise<Figure> {
  const { url, readers: known } = server.greeting as ReadersOrder
  const each = readers / tenants
  await client.ask({
    url,
    readers: known.slice(0, tenants).flatMap((one) => Array.from({ length: each }, () => one)),
  })
  let best: Heard | undefined
  let cpu = Number.POSITIVE_INFINITY
  // The first round warms up and does not count.
  for (let round = 0; round <= rounds; round++) {
    const spent = server.ask<number>({ tenants, events, perSecond } satisfies TellOrder)
    const heard = await client.ask<Heard>(events * each)
    const micros = (await spent) / (events * each)
    if (heard.told !== events * each || heard.foreign > 0)
      throw new Error(`Of ${events * each} events ${heard.told} were told, ${heard.foreign} of others.`)
    if (round === 0) continue
    cpu = Math.min(cpu, micros)
    if (best === undefined || heard.p99 < best.p99) best = heard
  }
  return {
    id: stream === 'memory' ? id : `${id} ${stream}`,
    what: `event of billing to each of ${readers.toLocaleString('en-US')} readers of ${tenants === 1 ? 'one tenant' : `${tenants} tenants`}, over ${stream}; p99 of the best round`,
    limit: `${goalMs} ms`,
    goal: 1,
    unit: 'ms',
    raw: goalMs,
    ours: best?.p99 ?? null,
    facts: `p50 ${best?.p50.toFixed(1)} ms, ${cpu.toFixed(1)} µs of CPU for each reader that is told; none missed, none of another tenant`,
  }
}
