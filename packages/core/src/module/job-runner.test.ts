import { describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { manualClock } from '../kernel/manual-clock.ts'
import { jobTable, memoryJobs } from '../ports/job-queue.memory.ts'
import type { JobQueue } from '../ports/job-queue.ts'
import { memoryMeter } from '../ports/meter.memory.ts'
import { recordingLogger } from '../ports/recording-logger.ts'
import { defineJobs, type JobHandler, work } from './define-jobs.ts'
import { JobRunner } from './job-runner.ts'

const Jobs = defineJobs({
  greet: {
    name: 'test.greeting.send',
    summary: 'Greets.',
    payload: z.object({ name: z.string() }),
    attempts: 3,
    concurrency: 2,
  },
  sweep: { name: 'test.floor.sweep', summary: 'Sweeps.', every: '1h' },
  report: { name: 'test.report.write', summary: 'Reports.', cron: '30 6 * * *' },
})

/** Runners of several replicas over one queue. */
function openQueue() {
  const clock = manualClock()
  const table = jobTable()
  const queue: JobQueue = {
    adapter: { name: 'memory' },
    ...memoryJobs({ clock }, table),
    open: async () => {},
    within: (tx) => tx.jobs,
  }
  const meter = memoryMeter()
  const logger = recordingLogger()
  const runner = (...jobs: readonly JobHandler[]) => new JobRunner({ queue, jobs, clock, logger, meter })
  return { clock, table, queue, meter, logger, runner }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

const greet = (run: Parameters<typeof work<typeof Jobs.greet>>[1]) => work(Jobs.greet, run)

describe('a queued job', () => {
  test('is made and handled with a checked payload', async () => {
    const { queue, runner, table, meter } = openQueue()
    const seen: unknown[] = []
    const jobs = runner(
      greet(async ({ payload, tenantId, attempt }) => void seen.push([payload.name, tenantId, attempt])),
    )
    await queue.enqueue(Jobs.greet.of('ten_1', { name: 'Ada' }))
    expect(await jobs.runDue()).toBe(1)
    expect(await jobs.runDue()).toBe(0)
    expect(seen).toEqual([['Ada', 'ten_1', 1]])
    expect(table.jobs.size).toBe(0)
    expect(() => Jobs.greet.of(null, { name: 1 as never })).toThrow('name')
    const { body } = await meter.scrape()
    expect(body).toContain('corbel_job_runs_total{job="test.greeting.send",outcome="done"} 1')
  })

  test('that fails is tried again with the same id, and is a dead letter in the end', async () => {
    const { clock, queue, runner, meter, logger } = openQueue()
    const ids: string[] = []
    const jobs = runner(
      greet(async ({ id }) => {
        ids.push(id)
        throw new TypeError('Ada is out')
      }),
    )
    await queue.enqueue(Jobs.greet.of(null, { name: 'Ada' }))
    for (let i = 0; i < 6; i++) {
      await jobs.runDue()
      clock.advance('1h')
    }
    expect(ids).toHaveLength(3)
    expect(new Set(ids).size).toBe(1)
    expect(await queue.dead(Jobs.greet.name, 10)).toMatchObject([{ error: 'TypeError' }])
    const { body } = await meter.scrape()
    expect(body).toContain('corbel_job_runs_total{job="test.greeting.send",outcome="failed"} 2')
    expect(body).toContain('corbel_job_runs_total{job="test.greeting.send",outcome="dead"} 1')
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
  })

  test('with a payload of an older version fails, and is not handled', async () => {
    const { queue, runner } = openQueue()
    let handled = 0
    const jobs = runner(greet(async () => void handled++))
    await queue.enqueue({ name: Jobs.greet.name, tenantId: null, payload: { nam: 'Ada' } })
    await jobs.runDue()
    expect(handled).toBe(0)
  })

  test('is not worked on by more hands than its concurrency', async () => {
    const { queue, runner } = openQueue()
    let underWay = 0
    let most = 0
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const { promise: full, resolve: fill } = Promise.withResolvers<void>()
    const { promise: all, resolve: finish } = Promise.withResolvers<void>()
    let done = 0
    const jobs = runner(
      greet(async () => {
        most = Math.max(most, ++underWay)
        if (underWay === 2) fill()
        await gate
        underWay--
        if (++done === 7) finish()
      }),
    )
    await queue.enqueue(...Array.from({ length: 7 }, () => Jobs.greet.of(null, { name: 'Ada' })))
    jobs.start()
    jobs.wake([Jobs.greet.name])
    await full
    open()
    await all
    expect(most).toBe(2)
    await jobs.stop(1_000)
  })

  test('under way is finished before stop resolves, and no other is begun', async () => {
    const { queue, runner, table } = openQueue()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    let finished = 0
    const jobs = runner(
      greet(async ({ signal }) => {
        begin()
        await gate
        expect(signal.aborted).toBe(false)
        finished++
      }),
    )
    await queue.enqueue(Jobs.greet.of(null, { name: 'Ada' }))
    jobs.start()
    jobs.wake([Jobs.greet.name])
    await begun
    const stopped = jobs.stop(60_000)
    await queue.enqueue(Jobs.greet.of(null, { name: 'Bob' }))
    open()
    await stopped
    expect(finished).toBe(1)
    expect(table.jobs.size).toBe(1)
  })

  test('that does not end within the limit is told by its signal, and done again after its lease', async () => {
    const { clock, queue, runner } = openQueue()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: told, resolve: tell } = Promise.withResolvers<void>()
    const slow = runner(
      greet(({ signal }) => {
        begin()
        return new Promise(() => signal.addEventListener('abort', () => tell()))
      }),
    )
    await queue.enqueue(Jobs.greet.of(null, { name: 'Ada' }))
    slow.start()
    slow.wake([Jobs.greet.name])
    await begun
    await slow.stop(1)
    await told
    const attempts: number[] = []
    const other = runner(greet(async ({ attempt }) => void attempts.push(attempt)))
    expect(await other.runDue()).toBe(0)
    clock.advance('1m')
    expect(await other.runDue()).toBe(1)
    expect(attempts).toEqual([2])
  })
})

describe('the claim of a job under way', () => {
  const Long = defineJobs({
    job: { name: 'test.thing.do', summary: 'Takes long.', payload: z.object({}), lease: '30ms' },
  })

  test('is renewed until it ends', async () => {
    const { clock, queue, runner, table } = openQueue()
    const dueAt = () => table.jobs.values().next().value?.dueAt.getTime() ?? 0
    const jobs = runner(
      work(Long.job, async () => {
        const before = dueAt()
        clock.advance('1s')
        while (dueAt() === before) await nextTurn()
      }),
    )
    await queue.enqueue(Long.job.of(null, {}))
    expect(await jobs.runDue()).toBe(1)
    expect(table.jobs.size).toBe(0)
  })

  test('aborts the signal of the job when it is lost', async () => {
    const { queue, runner, table } = openQueue()
    let reason: unknown
    const jobs = runner(
      work(Long.job, async ({ signal }) => {
        for (const [id, row] of table.jobs) table.jobs.set(id, { ...row, receipt: 'of another' })
        while (!signal.aborted) await nextTurn()
        reason = signal.reason
      }),
    )
    await queue.enqueue(Long.job.of(null, {}))
    await jobs.runDue()
    expect(reason).toMatchObject({ message: 'The claim was lost.' })
    expect(table.jobs.size).toBe(1)
  })
})

describe('a recurring job', () => {
  const sweep = (run: () => Promise<void>): JobHandler => ({ job: Jobs.sweep, run })

  test('is run by one of all replicas at each tick', async () => {
    const { clock, runner } = openQueue()
    const ticks: unknown[] = []
    const replicas = Array.from({ length: 5 }, () => runner(sweep(async () => void ticks.push(clock.now()))))
    for (const replica of replicas) await replica.open()
    await Promise.all(replicas.map((replica) => replica.runDue()))
    expect(ticks).toHaveLength(0)
    for (let hour = 0; hour < 24; hour++) {
      clock.advance('1h')
      await Promise.all(replicas.map((replica) => replica.runDue()))
      // A replica that starts in the middle enqueues no second series.
      await runner(sweep(async () => {})).open()
    }
    expect(ticks).toHaveLength(24)
  })

  test('is looked for when its tick has come', async () => {
    vi.useFakeTimers()
    try {
      const { clock, runner } = openQueue()
      clock.advance('59m')
      clock.advance('55s')
      const ran: unknown[] = []
      const jobs = runner({ job: Jobs.sweep, run: async ({ payload }) => void ran.push(payload) })
      await jobs.open()
      jobs.start()
      await vi.advanceTimersByTimeAsync(1_000)
      clock.advance('5s')
      await vi.advanceTimersByTimeAsync(6_000)
      expect(ran).toEqual([{ tick: clock.now().toISOString() }])
      await jobs.stop(1_000)
    } finally {
      vi.useRealTimers()
    }
  })

  test('that fails is run at the next tick, and leaves no dead letter', async () => {
    const { clock, queue, runner, meter } = openQueue()
    let runs = 0
    const jobs = runner(
      sweep(async () => {
        runs++
        throw new Error('broken broom')
      }),
    )
    await jobs.open()
    for (let hour = 0; hour < 5; hour++) {
      clock.advance('1h')
      await jobs.runDue()
    }
    expect(runs).toBe(5)
    expect(await queue.dead(Jobs.sweep.name, 10)).toEqual([])
    expect((await meter.scrape()).body).toContain(
      'corbel_job_runs_total{job="test.floor.sweep",outcome="failed"} 5',
    )
  })

  test('that was missed while nobody ran is made up for once', async () => {
    const { clock, runner } = openQueue()
    let runs = 0
    const jobs = runner(sweep(async () => void runs++))
    await jobs.open()
    clock.advance('30d')
    await jobs.open()
    while ((await jobs.runDue()) > 0);
    expect(runs).toBe(1)
  })

  test('with a cron expression runs at its times', async () => {
    const { clock, runner } = openQueue()
    const times: string[] = []
    const jobs = runner({ job: Jobs.report, run: async () => void times.push(clock.now().toISOString()) })
    await jobs.open()
    for (let quarter = 0; quarter < 4 * 48; quarter++) {
      clock.advance('15m')
      await jobs.runDue()
    }
    expect(times).toEqual(['2026-01-01T06:30:00.000Z', '2026-01-02T06:30:00.000Z'])
  })
})

test('a job that is bound twice is refused', () => {
  const { runner } = openQueue()
  const handler = greet(async () => {})
  expect(() => runner(handler, handler)).toThrow('"test.greeting.send" is bound twice')
})

test('a cron expression that is none is refused where it is declared', () => {
  const broken = { name: 'test.report.write', summary: 'Reports.', cron: '61 * * * *' } as const
  expect(() => defineJobs({ broken })).toThrow('is not a cron expression')
})
