import type { BenchDatabase } from './database.ts'
import type { Figure } from './figure.ts'
import { cheapest, type Slice, type Subject } from './measure.ts'
import { cores, startWorker } from './processes.ts'

/** P3: an access token seen for the first time, and one seen before, against the signature alone. */
export async function tokenFigures(database: BenchDatabase, rounds: number): Promise<readonly Figure[]> {
  const worker = await startWorker('token-worker.ts', cores.subject, database.url('tokens'))
  const subject = (name: string): Subject => ({
    slice: () => worker.ask<Slice>(name),
    close: async () => {},
  })
  const costs = await cheapest({ raw: subject('raw'), cold: subject('cold'), warm: subject('warm') }, rounds)
  await worker.close()
  const limit = 'crypto.verify of the signature, Ed25519'
  return [
    {
      id: 'P3 cold',
      what: 'access token never seen before',
      limit,
      goal: 1.12,
      raw: costs.raw.total,
      ours: costs.cold.total,
    },
    {
      id: 'P3 warm',
      what: 'access token seen before',
      limit,
      goal: 0.01,
      raw: costs.raw.total,
      ours: costs.warm.total,
    },
  ]
}
