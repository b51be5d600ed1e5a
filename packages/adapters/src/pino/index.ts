export { pinoLogger, type PinoLoggerOptions, redactPaths } from './pino-logger.ts'
