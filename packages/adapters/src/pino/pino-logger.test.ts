import { loggerConformance, Secret } from '@corbel/core/ports'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { conforming } from '../../../../test/vitest-suite.ts'
import { pinoLogger, type PinoLoggerOptions } from './pino-logger.ts'

function recording(options: Partial<PinoLoggerOptions> = {}, pinoOptions = {}) {
  const lines: string[] = []
  const formatters = { level: (level: string) => ({ level }) }
  const logger = pino(
    { level: 'debug', formatters, ...pinoOptions },
    { write: (text: string) => lines.push(...text.trimEnd().split('\n')) },
  )
  return { logger: pinoLogger({ logger, ...options }), lines }
}

describe('pinoLogger', () => {
  loggerConformance(conforming('logger', 'pino'), async () => {
    const { logger, lines } = recording()
    return { logger, lines: async () => lines }
  })

  test('redacts what reaches a line without being a Secret', () => {
    const { logger, lines } = recording()
    logger.info('one', {
      password: 'hunter2',
      body: { token: 'hunter2' },
      headers: { cookie: 'hunter2', 'set-cookie': 'hunter2' },
    })
    logger
      .child({ authorization: 'hunter2' })
      .info('two', { headers: { authorization: 'hunter2', 'x-api-key': 'hunter2' } })
    expect(lines).toHaveLength(2)
    expect(lines.join('\n')).not.toContain('hunter2')
    expect(lines[0]).toContain('"password":"[secret]"')
  })

  test('leaves the redaction of the given logger alone when asked to', () => {
    const { logger, lines } = recording({ redactPaths: [] }, { redact: ['own'] })
    logger.info('one', { own: 'hunter2', password: 'shown' })
    expect(lines[0]).not.toContain('hunter2')
    expect(lines[0]).toContain('shown')
  })

  test('keeps to the level of the given logger', () => {
    const { logger, lines } = recording({}, { level: 'warn' })
    logger.info('quiet')
    logger.warn('loud')
    expect(lines).toHaveLength(1)
  })

  test('shows an error under any name, and a child with one', () => {
    const { logger, lines } = recording()
    logger.error('failed', {
      error: new TypeError('broken', { cause: new Error('deeper') }),
      secret: new Secret('hunter2'),
    })
    logger.child({ reason: new RangeError('too far') }).warn('so')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      error: { name: 'TypeError', message: 'broken', cause: { message: 'deeper' } },
    })
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ reason: { message: 'too far' } })
  })
})
