import { pgBossQueue } from '@corbel/adapters/pg-boss'
import {
  createStack,
  defineJobs,
  defineModule,
  fromEnv,
  type ModuleContext,
  type RunningJob,
  work,
} from '@corbel/core'
import { type JobQueue, newId, recordingLogger } from '@corbel/core/ports'
import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { recordBackend } from '../backends.ts'
import { backends, openStorage, type OpenStorage, openTimeout, postgresUrl } from '../storages.ts'

const NoteJobs = defineJobs({
  index: {
    name: 'notes.note.index',
    summary: 'Indexes a note.',
    payload: z.object({ text: z.string() }),
    attempts: 1,
  },
})

const broken = new Error('the work failed')

/** A module whose write calls for a job. */
function notes(done: (job: RunningJob<{ text: string }>) => void) {
  return defineModule({
    name: 'notes',
    catalogs: { jobs: NoteJobs },
    services: ({ transaction }: ModuleContext<unknown>) => ({
      write: (text: string, fails = false) =>
        transaction(async ({ jobs }) => {
          await jobs.enqueue(NoteJobs.index.of('ten_1', { text }))
          if (fails) throw broken
        }),
    }),
    jobs: () => [work(NoteJobs.index, async (job) => done(job))],
  })
}

type Place = { readonly opened: OpenStorage; readonly queue?: JobQueue; close(): Promise<void> }

async function openPgBoss(): Promise<Place> {
  const schema = newId('boss')
  const boss = new PgBoss({
    connectionString: (await postgresUrl()) ?? '',
    schema,
    supervise: false,
    schedule: false,
    max: 4,
  })
  await boss.start()
  const opened = await openStorage('postgres')
  recordBackend('pg-boss on postgres')
  return {
    opened,
    queue: pgBossQueue({ boss }),
    close: async () => {
      await boss.getDb().executeSql(`drop schema ${schema} cascade`)
      await boss.stop({ graceful: false })
      await opened.close()
    },
  }
}

async function open(name: string): Promise<Place> {
  if (name === 'pg-boss') return openPgBoss()
  const opened = await openStorage(name as 'memory' | 'pglite' | 'postgres')
  return { opened, close: () => opened.close() }
}

const found = await backends()

describe.each([...found, ...(found.includes('postgres') ? ['pg-boss'] : [])])(
  'jobs of a stack on %s',
  (name) => {
    let place: Place

    beforeAll(async () => {
      place = await open(name)
    }, openTimeout)
    afterAll(() => place?.close())

    function replica(done: (job: RunningJob<{ text: string }>) => void = () => {}) {
      const { opened, queue } = place
      return createStack({
        modules: [notes(done)],
        storage: opened.storage as never,
        ...(queue && { queue }),
        settings: fromEnv({}),
        logger: recordingLogger(),
      })
    }

    test('a job enqueued in a transaction is done when it commits, at once, and by a replica that works', async () => {
      const { promise: both, resolve } = Promise.withResolvers<void>()
      const seen: string[] = []
      const working = replica(({ payload, tenantId }) => {
        seen.push(`${tenantId} ${payload.text}`)
        if (seen.length === 2) resolve()
      })
      const answering = replica(() => {
        throw new Error('This replica was to leave the work to others.')
      })
      await working.start()
      await answering.start(undefined, { workers: false })
      await expect(answering.notes.write('lost', true)).rejects.toBe(broken)
      await expect(
        answering.transaction(async ({ notes }) => {
          await notes.write('lost too')
          throw broken
        }),
      ).rejects.toBe(broken)
      await answering.notes.write('first')
      await working.transaction(({ notes }) => notes.write('second'))
      await both
      await answering.stop()
      await working.stop()
      expect(seen.toSorted((a, b) => a.localeCompare(b))).toEqual(['ten_1 first', 'ten_1 second'])
    })

    test('a job that was given up is listed, given back, and done', async () => {
      let mended = false
      const seen: string[] = []
      const script = replica(({ id }) => {
        if (!mended) throw new RangeError('The index is full.')
        seen.push(id)
      })
      await script.notes.write('poison')
      await script.runJobs()
      const [dead, ...more] = await script.queue.dead(NoteJobs.index.name, 10)
      expect(more).toEqual([])
      expect(dead).toMatchObject({ tenantId: 'ten_1', payload: { text: 'poison' }, error: 'RangeError' })
      mended = true
      expect(await script.queue.redrive(NoteJobs.index.name, 10)).toBe(1)
      await script.runJobs()
      expect(seen).toEqual([dead?.id])
      expect(await script.queue.dead(NoteJobs.index.name, 10)).toEqual([])
    })

    test('a script does what is due without starting', async () => {
      const seen: string[] = []
      const script = replica(({ payload }) => void seen.push(payload.text))
      await script.notes.write('by hand')
      await script.runJobs()
      expect(seen).toEqual(['by hand'])
    })
  },
)
