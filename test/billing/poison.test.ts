import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout, postgresUrl } from '../storages.ts'
import { openBilling } from './billing.fixture.ts'
import { subscription, tell, told } from './fake-gateway.fixture.ts'
import { poisoned, poisonId } from './poisoned.fixture.ts'

/** A process of its own, that ends as its handling wants it. */
async function runReplica({ db }: OpenStorage, minutes: number): Promise<NodeJS.Signals | null> {
  if (db === null) throw new Error('Memory has no schema.')
  const { rows } = await sql<{ readonly schema: string }>`select current_schema() as schema`.execute(db)
  const child = spawn(
    process.execPath,
    [
      '--conditions=@corbel/source',
      fileURLToPath(new URL('poison-replica.process.ts', import.meta.url)),
      (await postgresUrl()) ?? '',
      rows[0]?.schema ?? '',
      String(minutes),
    ],
    { env: { PATH: process.env['PATH'] }, stdio: 'ignore' },
  )
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return signal
}

describe.each(await backends())('an event that ends whoever handles it on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  test('is given up, unread, after five lapses; its neighbours go on, and it can be replayed', async () => {
    await opened.clear()
    let isHarmful = true
    let minutes = 0
    const all = await openBilling(
      opened,
      {},
      poisoned(() => {
        if (isHarmful) throw new Error('Whoever reads this dies.')
      }),
    )
    const { newTenant, deliver, dispatch, stateOf, eventOf, inbox, clock, stack } = all
    const tenantId = await newTenant()
    const of = (id: string) => tell({ object: told(subscription({ id })) })
    const [before, poison, behind] = [of('sub_1'), of(poisonId), of('sub_2')]
    for (const { body } of [before, poison, behind]) await deliver(body)
    /** As long as a lease lasts. */
    const pass = () => {
      clock.advance('1m')
      minutes++
    }
    /** Only a database outlives a process: elsewhere an adapter that throws, against its law, ends what was under way. */
    const die = async () => {
      if (backend === 'postgres') expect(await runReplica(opened, minutes)).toBe('SIGKILL')
      else await expect(dispatch()).rejects.toThrow('dies')
    }

    await die()
    expect([await stateOf(tenantId, 'sub_1'), await stateOf(tenantId, 'sub_2')]).toEqual([null, null])
    pass()
    await die()
    expect(await stateOf(tenantId, 'sub_1')).toBe('active')
    // Another replica, while that of the poison is dead.
    await dispatch()
    expect(await stateOf(tenantId, 'sub_2')).toBe('active')
    for (let lapses = 2; lapses < 5; lapses++) {
      pass()
      expect(await eventOf(poison.event.id)).toMatchObject({ status: 'pending', attempts: lapses })
      await expect(dispatch()).rejects.toThrow('dies')
    }
    pass()
    expect(await dispatch()).toBe(1)

    const { inbox: service } = stack.billing
    const { data } = await service.list({ limit: 10, status: 'dead' })
    expect(data).toMatchObject([
      {
        id: poison.event.id,
        note: 'its handling never ended, 5 times in a row: the process died or hung',
      },
    ])
    expect(await inbox.depth()).toMatchObject({ pending: 0, dead: 1 })

    isHarmful = false
    await service.replay({ status: 'dead', dryRun: false })
    await dispatch()
    expect(await stateOf(tenantId, poisonId)).toBe('active')
    expect(await eventOf(poison.event.id)).toMatchObject({ status: 'done', attempts: 1, lapses: 0 })
  })
})
