export type LogFields = Readonly<Record<string, unknown>>

/**
 * Structured logging: one line per call with its level, a constant message, and what varies as fields. Values of type `Secret`
 * print as `[secret]`, however deep; a field that is an error, with its message, code and causes, and nothing else that hangs on
 * it. Never throws; no line break begins a line, and no escape reaches a terminal.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger
}

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
}
