import { type Clock, systemClock } from '../kernel/clock.ts'
import type { LogFields, Logger } from './logger.ts'
import { type LogLevel, printFields } from './log-line.ts'

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

export interface ConsoleLoggerOptions {
  /** The least severe level that is written. @default 'info' */
  readonly level?: LogLevel
  /** @default systemClock */
  readonly clock?: Clock
  /** @default the global console */
  readonly console?: Pick<Console, LogLevel>
}

/** One line of text per call: time, level, message, and the fields as JSON. */
export function consoleLogger(options: ConsoleLoggerOptions = {}): Logger {
  const { level: least = 'info', clock = systemClock, console = globalThis.console } = options

  function loggerWith(context: LogFields): Logger {
    const at =
      (level: LogLevel) =>
      (message: string, fields: LogFields = {}): void => {
        if (severity[level] < severity[least]) return
        const all = { ...context, ...fields }
        const tail = Object.keys(all).length > 0 ? ` ${printFields(all)}` : ''
        // A line break would let the author of a message forge the next line; an escape, steer the terminal that shows it.
        const text = message.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
        console[level](`${clock.now().toISOString()} ${level.toUpperCase().padEnd(5)} ${text}${tail}`)
      }
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: (fields) => loggerWith({ ...context, ...fields }),
    }
  }

  return loggerWith({})
}
