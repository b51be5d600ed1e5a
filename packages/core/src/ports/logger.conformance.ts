import { Secret } from '../kernel/secret.ts'
import type { Logger } from './logger.ts'
import type { Suite } from './suite.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const

export interface LoggerHarness {
  /** A logger that writes every level. */
  readonly logger: Logger
  /** The lines written so far, as text. */
  lines(): Promise<readonly string[]>
}

/** The law of {@link Logger}. */
export function loggerConformance({ test, expect }: Suite, fresh: () => Promise<LoggerHarness>): void {
  test('each level writes one line with its message and fields', async () => {
    const { logger, lines } = await fresh()
    for (const level of levels)
      logger[level](`message at ${level}`, { attempt: 17, reason: `because of ${level}` })
    const written = await lines()
    expect(written).toHaveLength(levels.length)
    for (const [i, level] of levels.entries()) {
      for (const part of [`message at ${level}`, '17', `because of ${level}`, level]) {
        expect(written[i]?.toLowerCase()).toContain(part)
      }
    }
  })

  test('fields may be left out', async () => {
    const { logger, lines } = await fresh()
    logger.info('alone')
    expect(await lines()).toHaveLength(1)
    expect((await lines())[0]).toContain('alone')
  })

  test('a secret prints as [secret], however deep', async () => {
    const { logger, lines } = await fresh()
    const secret = new Secret('hunter2')
    logger.info('top', { secret })
    logger.info('nested', { list: [{ secret }] })
    logger.child({ secret }).info('of a child')
    const written = await lines()
    expect(written).toHaveLength(3)
    for (const line of written) {
      expect(line).toContain('[secret]')
      expect(line).not.toContain('hunter2')
    }
  })

  test('a child adds its fields to every line and leaves its parent alone', async () => {
    const { logger, lines } = await fresh()
    const child = logger.child({ requestId: 'req-1' })
    const grandchild = child.child({ tenant: 'ten-1' })
    child.info('first', { own: 'one' })
    child.warn('second')
    grandchild.info('third')
    logger.info('fourth')
    const [first, second, third, fourth] = await lines()
    expect(first).toContain('req-1')
    expect(first).toContain('one')
    expect(second).toContain('req-1')
    expect(third).toContain('req-1')
    expect(third).toContain('ten-1')
    expect(second).not.toContain('ten-1')
    expect(fourth).not.toContain('req-1')
  })

  test('an error shows its message, code and causes, and nothing else that hangs on it', async () => {
    const { logger, lines } = await fresh()
    const cause = Object.assign(new Error('inner trouble'), { code: 'ECONNREFUSED', parameters: ['hunter2'] })
    logger.error('failed', { reason: new Error('outer trouble', { cause }) })
    logger.child({ err: cause }).error('failed again')
    const [first, second] = await lines()
    for (const part of ['outer trouble', 'inner trouble', 'ECONNREFUSED']) expect(first).toContain(part)
    for (const part of ['inner trouble', 'ECONNREFUSED']) expect(second).toContain(part)
    expect(first).not.toContain('hunter2')
    expect(second).not.toContain('hunter2')
  })

  test('never throws, whatever the fields hold', async () => {
    const { logger, lines } = await fresh()
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    const hostile = {
      toJSON() {
        throw new Error('not today')
      },
    }
    logger.info('loop', { loop })
    const circular = new Error('circular')
    circular.cause = circular
    logger.info('circular', { circular })
    logger.info('big', { big: 10n })
    logger.info('hostile', { hostile })
    logger.info('others', {
      none: undefined,
      call: () => {},
      symbol: Symbol('s'),
      date: new Date(Number.NaN),
    })
    const written = await lines()
    expect(written).toHaveLength(5)
    for (const [i, message] of ['loop', 'circular', 'big', 'hostile', 'others'].entries())
      expect(written[i]).toContain(message)
  })

  test('a line break in a message or a field does not begin a line, and no escape steers a terminal', async () => {
    const { logger, lines } = await fresh()
    logger.info('one\nline\u001b[2J', { text: 'still\r\nthe same\u001b[2J' })
    const written = await lines()
    expect(written).toHaveLength(1)
    expect(written[0]).not.toContain('\u001b')
  })
}
