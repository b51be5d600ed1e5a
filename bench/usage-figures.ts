import type { BenchDatabase } from './database.ts'
import type { Figure } from './figure.ts'
import { cheapest } from './measure.ts'
import { Measured, type Worked } from './measured.ts'
import { cores, startWorker } from './processes.ts'

const batch = 100
const perSecond = 10_000

/** B5: usage that is reported, each record counted once for its key. */
export async function usageFigures(database: BenchDatabase, rounds: number): Promise<readonly Figure[]> {
  const worker = await startWorker('usage-worker.ts', cores.subject, database.url('usage'))
  const measured = new Measured(database, 'usage', worker.pid)
  const { usage } = await cheapest(
    { usage: measured.subject('usage', () => worker.ask<Worked>(batch)) },
    rounds,
  )
  await worker.close()
  return [
    {
      id: 'B5',
      what: `CPU of a record of usage through the service, in batches of ${batch}, four at a time`,
      limit: `all of one core at ${perSecond.toLocaleString('en-US')} records a second`,
      goal: 1,
      raw: 1e6 / perSecond,
      ours: usage.total,
      facts: `records per second in the best slice: ${(measured.rates.get('usage') ?? 0).toFixed(0)}`,
      parts: { raw: { server: 1e6 / perSecond, database: 0, total: 1e6 / perSecond }, ours: usage },
    },
  ]
}
