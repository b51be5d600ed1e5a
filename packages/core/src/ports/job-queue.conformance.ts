import type { JobQueue } from './job-queue.ts'
import type { ClaimedJob, FailureOutcome, Job, JobRecorder, QueuePolicy } from './job-store.ts'
import { race, racers, type Suite, winners } from './suite.ts'
import type { Timeline } from './timeline.ts'

const queue: QueuePolicy = {
  name: 'test.thing.do',
  attempts: 3,
  retryMs: 2_000,
  longestRetryMs: 6_000,
  leaseMs: 10_000,
}
const other: QueuePolicy = { ...queue, name: 'test.other.do' }
const afterLease = 11_000

const job = (number: number, more: Partial<Job> = {}): Job => ({
  name: queue.name,
  tenantId: 'ten_1',
  payload: { number },
  ...more,
})
const numberOf = ({ payload }: Pick<ClaimedJob, 'payload'>): unknown =>
  (payload as { readonly number: unknown }).number
/** In the order of their numbers: jobs that were enqueued together come in any. */
const numbersOf = (jobs: readonly ClaimedJob[]): readonly number[] =>
  jobs.map((one) => Number(numberOf(one))).toSorted((a, b) => a - b)

export interface JobQueueHarness extends Timeline {
  readonly queue: JobQueue
  /** Runs work in a transaction of the storage with which the queue is used; rejects when the work does, and nothing is kept. */
  transaction(work: (jobs: JobRecorder) => Promise<void>): Promise<void>
}

/** The law of {@link JobQueue}. `fresh` gives a queue without jobs for each test. */
export function jobQueueConformance({ test, expect }: Suite, fresh: () => Promise<JobQueueHarness>): void {
  async function opened(): Promise<JobQueueHarness> {
    const harness = await fresh()
    await harness.queue.open([queue, other])
    return harness
  }

  /** Enqueues `count` jobs, each later than the one before. */
  async function filled(count: number): Promise<JobQueueHarness> {
    const harness = await opened()
    for (let number = 0; number < count; number++) {
      await harness.queue.enqueue(job(number))
      await harness.wait(2)
    }
    return harness
  }

  const claimed = (harness: JobQueueHarness, limit = 10, from = queue) => harness.queue.claim(from, limit)

  async function claimOne(harness: JobQueueHarness): Promise<ClaimedJob> {
    const [one] = await claimed(harness, 1)
    if (one === undefined) throw new Error('There was nothing to claim.')
    return one
  }

  /** Fails what is due until one job has no attempts left. */
  async function kill(harness: JobQueueHarness): Promise<ClaimedJob> {
    for (let attempt = 0; attempt < queue.attempts * 3; attempt++) {
      const one = await claimOne(harness)
      if ((await harness.queue.fail(queue, one, 'Broken')) === 'dead') return one
      await harness.wait(queue.longestRetryMs)
    }
    throw new Error('Jobs live on after all their attempts.')
  }

  test('a job is claimed as it was enqueued, by its name, with an id and its first attempt', async () => {
    const harness = await opened()
    const payload = { text: 'Žofie 🌱 "quoted"', list: [1, 2.5, null, true], nested: { deep: {} } }
    await harness.queue.enqueue(job(0, { payload, tenantId: null }), job(1, { name: other.name }))
    const [one, ...more] = await claimed(harness)
    expect(more).toEqual([])
    expect(one).toMatchObject({ name: queue.name, tenantId: null, payload, attempt: 1 })
    expect(one?.id.startsWith('job_')).toBe(true)
    expect(await claimed(harness, 10, other)).toMatchObject([{ name: other.name, tenantId: 'ten_1' }])
  })

  test('claim takes up to the limit, those that were enqueued first first', async () => {
    const harness = await filled(5)
    expect((await claimed(harness, 2)).map(numberOf)).toEqual([0, 1])
    expect((await claimed(harness, 2)).map(numberOf)).toEqual([2, 3])
    expect((await claimed(harness, 2)).map(numberOf)).toEqual([4])
    expect(await claimed(harness, 2)).toEqual([])
  })

  test('of concurrent callers each job goes to one', async () => {
    const harness = await opened()
    await harness.queue.enqueue(...Array.from({ length: racers }, (_, number) => job(number)))
    const taken: unknown[] = []
    // A locking engine may pass over jobs that a rival is just taking, so one round need not find them all.
    for (let round = 0; round < 5; round++) {
      for (const jobs of winners(await race(() => claimed(harness, 3)))) taken.push(...jobs.map(numberOf))
    }
    expect(taken).toHaveLength(racers)
    expect(new Set(taken).size).toBe(racers)
  })

  test('a job is not due before its time', async () => {
    const harness = await opened()
    await harness.queue.enqueue(job(0, { runAt: new Date(harness.clock.now().getTime() + 60_000) }))
    expect(await claimed(harness)).toEqual([])
    await harness.wait(61_000)
    expect(await claimed(harness)).toHaveLength(1)
  })

  test('a completed job is not due again, and its claim has ended', async () => {
    const harness = await filled(1)
    const one = await claimOne(harness)
    expect(await harness.queue.complete(one)).toBe(true)
    expect(await harness.queue.complete(one)).toBe(false)
    expect(await harness.queue.renew(queue, one)).toBe(false)
    expect(await harness.queue.fail(queue, one, 'Late')).toBe('lost')
    await harness.wait(afterLease)
    expect(await claimed(harness)).toEqual([])
  })

  test('of concurrent completions one gets true', async () => {
    const harness = await filled(1)
    const one = await claimOne(harness)
    expect(winners(await race(() => harness.queue.complete(one))).filter(Boolean)).toHaveLength(1)
  })

  test('a job whose lease ran out is due again, with the same id and the next attempt', async () => {
    const harness = await filled(1)
    const first = await claimOne(harness)
    await harness.wait(5_000)
    expect(await claimed(harness)).toEqual([])
    await harness.wait(afterLease)
    // An engine may count the expiry as a failure and wait before the next attempt.
    await harness.wait(queue.longestRetryMs)
    expect(await claimed(harness)).toMatchObject([{ id: first.id, attempt: 2, payload: { number: 0 } }])
  })

  test('renew hides the job for another lease', async () => {
    const harness = await filled(1)
    const one = await claimOne(harness)
    await harness.wait(7_000)
    expect(await harness.queue.renew(queue, one)).toBe(true)
    await harness.wait(7_000)
    expect(await claimed(harness)).toEqual([])
    expect(await harness.queue.complete(one)).toBe(true)
  })

  test('a lost claim can do nothing to the claim of another', async () => {
    const harness = await filled(1)
    const stale = await claimOne(harness)
    await harness.wait(afterLease)
    await harness.wait(queue.longestRetryMs)
    const current = await claimOne(harness)
    expect(await harness.queue.renew(queue, stale)).toBe(false)
    expect(await harness.queue.fail(queue, stale, 'Late')).toBe('lost')
    expect(await harness.queue.complete(stale)).toBe(false)
    expect(await harness.queue.renew(queue, current)).toBe(true)
    expect(await harness.queue.complete(current)).toBe(true)
  })

  test('a failed job is due again after its delay and not before, which doubles up to the longest', async () => {
    const harness = await filled(1)
    const outcomes: FailureOutcome[] = []
    // [the least, the most] after the first and the second failure.
    for (const [least, most] of [
      [2_000, 4_000],
      [4_000, 6_000],
    ] as const) {
      const one = await claimOne(harness)
      outcomes.push(await harness.queue.fail(queue, one, 'Broken'))
      await harness.wait(least - 500)
      expect(await claimed(harness)).toEqual([])
      await harness.wait(most - least + 600)
    }
    expect(outcomes).toEqual(['retry', 'retry'])
    expect(await claimed(harness)).toMatchObject([{ attempt: 3 }])
  })

  test('of concurrent failures of one attempt one counts', async () => {
    const harness = await filled(1)
    const one = await claimOne(harness)
    const outcomes = winners(await race(() => harness.queue.fail(queue, one, 'Broken')))
    expect(outcomes.filter((outcome) => outcome === 'retry')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'lost')).toHaveLength(racers - 1)
  })

  test('a job that failed at its last attempt is a dead letter, listed with its error and not due', async () => {
    const harness = await filled(2)
    const first = await kill(harness)
    expect(first.attempt).toBe(queue.attempts)
    await harness.wait(10)
    const second = await kill(harness)
    expect(await claimed(harness)).toEqual([])
    const dead = await harness.queue.dead(queue.name, 10)
    expect(dead.map(({ id }) => id)).toEqual([first.id, second.id])
    expect(dead[0]).toMatchObject({ name: queue.name, tenantId: 'ten_1', error: 'Broken' })
    expect(dead.map(numberOf)).toEqual([numberOf(first), numberOf(second)])
    expect(dead[0]?.diedAt instanceof Date).toBe(true)
    expect(await harness.queue.dead(queue.name, 1)).toHaveLength(1)
    expect(await harness.queue.dead(other.name, 10)).toEqual([])
  })

  test('a job whose workers never come back is a dead letter after its last lease', async () => {
    const harness = await filled(1)
    for (let attempt = 0; attempt < queue.attempts; attempt++) {
      await claimOne(harness)
      await harness.wait(afterLease)
      await harness.wait(queue.longestRetryMs)
    }
    expect(await claimed(harness)).toEqual([])
    expect(await harness.queue.dead(queue.name, 10)).toMatchObject([{ error: 'lease-expired' }])
  })

  test('redrive makes dead letters due with all their attempts and the ids that they had', async () => {
    const harness = await filled(2)
    const first = await kill(harness)
    await harness.wait(10)
    const second = await kill(harness)
    expect(await harness.queue.redrive(queue.name, 1)).toBe(1)
    expect((await harness.queue.dead(queue.name, 10)).map(({ id }) => id)).toEqual([second.id])
    expect(await claimed(harness)).toMatchObject([{ id: first.id, attempt: 1 }])
    expect(await harness.queue.redrive(queue.name, 10)).toBe(1)
    expect(await harness.queue.redrive(queue.name, 10)).toBe(0)
    expect(await harness.queue.dead(queue.name, 10)).toEqual([])
    expect(await claimed(harness)).toMatchObject([{ id: second.id, attempt: 1, tenantId: 'ten_1' }])
  })

  test('of concurrent redrives each dead letter is given back by one', async () => {
    const harness = await filled(1)
    await kill(harness)
    const counts = winners(await race(() => harness.queue.redrive(queue.name, 10)))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(await claimed(harness)).toHaveLength(1)
  })

  test('while a job with the same name, tenant and key waits for its first attempt, another changes nothing', async () => {
    const harness = await opened()
    const singletonKey = 'a key: "ключ" 🔑'
    await harness.queue.enqueue(job(0, { singletonKey }), job(1, { singletonKey }))
    await harness.queue.enqueue(job(2, { singletonKey }))
    await harness.queue.enqueue(job(3, { singletonKey: 'another' }))
    await harness.queue.enqueue(job(4, { singletonKey, name: other.name }))
    await harness.queue.enqueue(job(5), job(6))
    for (const tenantId of ['ten_2', null] as const) {
      await harness.queue.enqueue(job(8, { singletonKey, tenantId }), job(9, { singletonKey, tenantId }))
    }
    expect(numbersOf(await claimed(harness))).toEqual([0, 3, 5, 6, 8, 8])
    expect((await claimed(harness, 10, other)).map(numberOf)).toEqual([4])
    await harness.queue.enqueue(job(7, { singletonKey }))
    expect((await claimed(harness)).map(numberOf)).toEqual([7])
  })

  test('of concurrent jobs with one key one is kept', async () => {
    const harness = await opened()
    const results = await race((number) => harness.queue.enqueue(job(number, { singletonKey: 'key' })))
    expect(winners(results)).toHaveLength(racers)
    expect(await claimed(harness, racers)).toHaveLength(1)
  })

  test('a dead letter whose key waits already stays dead when the others are given back', async () => {
    const harness = await opened()
    await harness.queue.enqueue(job(0, { singletonKey: 'key' }))
    await kill(harness)
    await harness.queue.enqueue(job(1, { singletonKey: 'key' }))
    expect(await harness.queue.redrive(queue.name, 10)).toBe(0)
    expect((await harness.queue.dead(queue.name, 10)).map(numberOf)).toEqual([0])
    await harness.queue.complete(await claimOne(harness))
    expect(await harness.queue.redrive(queue.name, 10)).toBe(1)
    expect((await claimed(harness)).map(numberOf)).toEqual([0])
  })

  test('of concurrent jobs and redrives of one key one job waits', async () => {
    const harness = await opened()
    await harness.queue.enqueue(job(0, { singletonKey: 'key' }))
    await kill(harness)
    const results = await race(async (number) => {
      if (number % 2 === 0) await harness.queue.redrive(queue.name, 10)
      else await harness.queue.enqueue(job(number, { singletonKey: 'key' }))
    })
    expect(winners(results)).toHaveLength(racers)
    expect(await claimed(harness, racers)).toHaveLength(1)
  })

  test('a job enqueued in a transaction exists when it has committed, and not before', async () => {
    const harness = await opened()
    await harness.transaction(async (jobs) => {
      await jobs.enqueue(job(0), job(1))
      await jobs.enqueue(job(2, { name: other.name }))
    })
    expect(numbersOf(await claimed(harness))).toEqual([0, 1])
    expect((await claimed(harness, 10, other)).map(numberOf)).toEqual([2])
  })

  test('a failed transaction leaves no job', async () => {
    const harness = await opened()
    const failed = harness.transaction(async (jobs) => {
      await jobs.enqueue(job(0), job(1, { singletonKey: 'key' }))
      throw new Error('the work failed')
    })
    await expect(failed).rejects.toThrow('the work failed')
    expect(await claimed(harness)).toEqual([])
    await harness.queue.enqueue(job(2, { singletonKey: 'key' }))
    expect((await claimed(harness)).map(numberOf)).toEqual([2])
  })

  test('of concurrent transactions those that commit have their jobs', async () => {
    const harness = await opened()
    const results = await race((number) =>
      harness.transaction(async (jobs) => {
        await jobs.enqueue(job(number))
        if (number % 2 === 1) throw new Error('the work failed')
      }),
    )
    expect(winners(results)).toHaveLength(racers / 2)
    expect(numbersOf(await claimed(harness, racers))).toEqual(
      Array.from({ length: racers / 2 }, (_, index) => index * 2),
    )
  })

  test('opening again changes nothing for the jobs that wait', async () => {
    const harness = await filled(1)
    await harness.queue.open([{ ...queue, attempts: 5 }, other])
    expect(await claimed(harness)).toHaveLength(1)
  })
}
