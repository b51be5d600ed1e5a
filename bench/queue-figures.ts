import type { BenchDatabase } from './database.ts'
import type { Figure } from './figure.ts'
import { cheapest, type Slice } from './measure.ts'
import { cores, startWorker } from './processes.ts'

/** P8: an event from the transaction that records it to the end of its delivery. */
export async function queueFigures(database: BenchDatabase, rounds: number): Promise<readonly Figure[]> {
  const urls = [database.url('relay'), database.url('rawjobs')]
  const worker = await startWorker('queue-worker.ts', cores.subject, ...urls)
  const subject = (name: string, connection: string) => ({
    async slice(): Promise<Slice> {
      const before = await database.cpuMicros(connection)
      const slice = await worker.ask<Slice>(name)
      return { ...slice, databaseMicros: (await database.cpuMicros(connection)) - before }
    },
    close: async () => {},
  })
  const costs = await cheapest({ raw: subject('raw', 'rawjobs'), ours: subject('ours', 'relay') }, rounds)
  await worker.close()
  return [
    {
      id: 'P8',
      what: 'event recorded, claimed, dispatched and settled, 50 to a transaction',
      limit: 'batches of 50 inserted, claimed and deleted, prepared',
      goal: 2.5,
      raw: costs.raw.total,
      ours: costs.ours.total,
      parts: costs,
    },
  ]
}
