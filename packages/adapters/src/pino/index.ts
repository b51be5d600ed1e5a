export { type PinoLoggerOptions, pinoLogger, redactedPaths } from './pino-logger.ts'
