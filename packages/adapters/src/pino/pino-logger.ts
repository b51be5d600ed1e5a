import type { LogFields, Logger } from '@corbel/core/ports'
import type { Logger as Pino } from 'pino'

/** Names under which a secret could be logged by mistake, at the top and one level down. */
export const redactedPaths: readonly string[] = [
  'password', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie', 'secret', 'apiKey',
].flatMap((name) => [name, `*.${name}`])

export interface PinoLoggerOptions {
  /** Yours: its level, destination and base fields stay as they are. */
  readonly logger: Pino
  /** In pino's path syntax; printed as `[secret]`. @default {@link redactedPaths} */
  readonly redactPaths?: readonly string[]
}

/** Logs through pino: one line of JSON per call. */
export function pinoLogger({ logger, redactPaths = redactedPaths }: PinoLoggerOptions): Logger {
  const root = logger.child(
    {},
    { serializers: { error: plainError }, redact: { paths: [...redactPaths], censor: '[secret]' } },
  )
  return wrap(root)
}

const wrap = (pino: Pino): Logger => ({
  debug: (message, fields: LogFields = {}) => pino.debug(fields, message),
  info: (message, fields: LogFields = {}) => pino.info(fields, message),
  warn: (message, fields: LogFields = {}) => pino.warn(fields, message),
  error: (message, fields: LogFields = {}) => pino.error(fields, message),
  child: (fields) => wrap(pino.child(fields)),
})

// A chain of causes ends in practice after two or three; a cycle must end too.
const deepestCause = 5

/** Errors have no enumerable fields of their own worth logging; those that libraries add may hold queries and their values. */
function plainError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  return {
    name,
    message,
    stack,
    ...(typeof code === 'string' && { code }),
    ...(cause !== undefined && depth < deepestCause && { cause: plainError(cause, depth + 1) }),
  }
}
