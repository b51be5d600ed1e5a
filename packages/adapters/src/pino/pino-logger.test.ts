import { Secret } from '@corbel/core'
import { loggerConformance } from '@corbel/core/ports'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { vitestSuite } from '../../../../test/vitest-suite.ts'
import { pinoLogger } from './pino-logger.ts'

function open() {
  const written: string[] = []
  const logger = pinoLogger({
    logger: pino(
      { level: 'debug', base: null, formatters: { level: (level) => ({ level }) } },
      { write: (line: string) => void written.push(line.trimEnd()) },
    ),
  })
  return { logger, lines: async () => written }
}

describe('pino logger', () => {
  loggerConformance(vitestSuite, async () => open())

  test.each(['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie', 'secret', 'apiKey'])(
    'a field called %s is not printed, at the top or one level down',
    async (name) => {
      const { logger, lines } = open()
      logger.info('top', { [name]: 'hunter2' })
      logger.info('nested', { request: { [name]: 'hunter2' } })
      logger.child({ [name]: 'hunter2' }).info('of a child')
      expect((await lines()).join('\n')).not.toContain('hunter2')
    },
  )

  test('an error prints its message, stack, code and causes, and nothing else that hangs on it', async () => {
    const { logger, lines } = open()
    const cause = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED', parameters: ['hunter2'] })
    logger.error('failed', { error: new Error('outer', { cause }) })
    const [line = ''] = await lines()
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      error: { name: 'Error', message: 'outer', cause: { message: 'connect refused', code: 'ECONNREFUSED' } },
    })
    expect(line).not.toContain('hunter2')
  })

  test('a cycle of causes ends', async () => {
    const { logger, lines } = open()
    const error = new Error('self')
    error.cause = error
    logger.error('failed', { error, secret: new Secret('x') })
    expect(await lines()).toHaveLength(1)
  })
})
