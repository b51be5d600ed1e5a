import type { LogFields, Logger } from './logger.ts'
import { type LogLevel, printFields } from './log-line.ts'

export interface LogLine {
  readonly level: LogLevel
  readonly message: string
  /** As they would be printed: plain JSON, secrets already gone. */
  readonly fields: LogFields
}

/** A logger whose lines can be read, for tests. Lines of its children are among them. */
export interface RecordingLogger extends Logger {
  readonly lines: readonly LogLine[]
}

export function recordingLogger(): RecordingLogger {
  const lines: LogLine[] = []

  function loggerWith(context: LogFields): Logger {
    const at =
      (level: LogLevel) =>
      (message: string, fields: LogFields = {}): void => {
        lines.push({ level, message, fields: JSON.parse(printFields({ ...context, ...fields })) })
      }
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: (fields) => loggerWith({ ...context, ...fields }),
    }
  }

  return { ...loggerWith({}), lines }
}
