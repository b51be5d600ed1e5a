import type { BenchDatabase } from './database.ts'
import type { Figure } from './figure.ts'
import { cheapest, type Slice } from './measure.ts'
import { cores, startWorker } from './processes.ts'
import { memberTables } from './raw-member.ts'

/** P6, a read through a repository, and P7, the same with row-level security. */
export async function repositoryFigures(database: BenchDatabase, rounds: number): Promise<readonly Figure[]> {
  const worker = await startWorker(
    'repository-worker.ts',
    cores.subject,
    database.url('kysely'),
    database.url('pipelined'),
  )
  const subject = (name: string, connection: string) => ({
    async slice(): Promise<Slice> {
      const before = await database.cpuMicros(connection)
      const slice = await worker.ask<Slice>(name)
      return { ...slice, databaseMicros: (await database.cpuMicros(connection)) - before }
    },
    close: async () => {},
  })
  await database.copyWithoutPolicies(...memberTables)
  const costs = await cheapest(
    {
      raw: subject('raw', 'pipelined'),
      scoped: subject('scoped', 'pipelined'),
      ours: subject('ours', 'kysely'),
    },
    rounds,
  )
  await worker.close()
  return [
    {
      id: 'P6',
      what: 'read of one row through a repository, under row-level security, 32 at a time',
      limit: 'the same statement through pg, named and pipelined, on tables without policies',
      goal: 1.35,
      raw: costs.raw.total,
      ours: costs.ours.total,
      parts: { raw: costs.raw, ours: costs.ours },
    },
    {
      id: 'P7',
      what: 'a read under row-level security, its setting in the same round trip',
      limit: 'the same statement through pg, named and pipelined, on tables without policies',
      goal: 1.25,
      raw: costs.raw.total,
      ours: costs.scoped.total,
      parts: { raw: costs.raw, ours: costs.scoped },
    },
  ]
}
