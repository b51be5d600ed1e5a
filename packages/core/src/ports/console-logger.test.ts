import { expect, test } from 'vitest'
import { manualClock } from '../kernel/manual-clock.ts'
import { consoleLogger } from './console-logger.ts'

function recording(level?: 'debug' | 'info' | 'warn' | 'error') {
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  const console = { debug: write, info: write, warn: write, error: write }
  return { lines, logger: consoleLogger({ ...(level && { level }), clock: manualClock(), console }) }
}

test('a line is time, level, message and fields', () => {
  const { lines, logger } = recording()
  logger.info('Started.', { port: 3000 })
  logger.child({ a: 1 }).error('Failed.')
  expect(lines).toEqual([
    '2026-01-01T00:00:00.000Z INFO  Started. {"port":3000}',
    '2026-01-01T00:00:00.000Z ERROR Failed. {"a":1}',
  ])
})

test('writes nothing below its level, which is info unless told', () => {
  const quiet = recording('error')
  quiet.logger.warn('not this')
  quiet.logger.error('this')
  const usual = recording()
  usual.logger.debug('not this')
  usual.logger.info('this')
  expect([quiet.lines.length, usual.lines.length]).toEqual([1, 1])
})
