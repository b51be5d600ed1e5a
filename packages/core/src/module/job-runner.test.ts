import { expect, test } from 'vitest'
import { memoryMeter } from '../ports/meter.memory.ts'
import { recordingLogger } from '../ports/recording-logger.ts'
import { JobRunner } from './job-runner.ts'

const job = { name: 'test.thing.done', summary: 'Do a thing', every: '1ms' } as const

test('a job runs again after a failure, and stop waits for the run under way', async () => {
  const meter = memoryMeter()
  const logger = recordingLogger()
  const { promise: thirdRun, resolve } = Promise.withResolvers<void>()
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  let runs = 0
  let finished = false
  const runner = new JobRunner({
    meter,
    logger,
    jobs: [
      {
        job,
        run: async () => {
          runs++
          if (runs === 1) throw new Error('first')
          if (runs < 3) return
          resolve()
          await gate
          finished = true
        },
      },
    ],
  })
  runner.start()
  await thirdRun
  const stopped = runner.stop()
  open()
  await stopped
  expect(finished).toBe(true)
  expect(runs).toBe(3)
  const { body } = await meter.scrape()
  expect(body).toContain('corbel_job_runs_total{job="test.thing.done",outcome="failed"} 1')
  expect(body).toContain('corbel_job_runs_total{job="test.thing.done",outcome="done"} 2')
})
