import { failureReport } from './failure-report.ts'
import type { RunningProcess } from './run-stack.ts'

// Ctrl+C reaches npm and this process, and npm passes it on: two signals within a moment are one wish.
const sameWishMs = 500

/** Runs a process until SIGTERM or SIGINT, which stop it; a second one ends it at once. */
export async function runUntilSignal(start: () => Promise<RunningProcess>): Promise<void> {
  // Whoever reads the output may leave; the process stays.
  process.stdout.on('error', () => {})

  const { logger, stop } = await start().catch((error: unknown) => {
    process.stderr.write(`\n${failureReport(error)}\n`)
    return process.exit(1)
  })

  let askedAt: number | null = null
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (askedAt !== null) {
      if (performance.now() - askedAt > sameWishMs) process.exit(1)
      return
    }
    askedAt = performance.now()
    logger.info('stopping', { signal })
    try {
      await stop()
      logger.info('stopped')
      process.exit(0)
    } catch (error) {
      logger.error('The process stopped, but not cleanly.', { error })
      process.exit(1)
    }
  }
  process.on('SIGTERM', (signal) => void end(signal))
  process.on('SIGINT', (signal) => void end(signal))

  // After either nobody knows what state the process is in.
  process.on('uncaughtException', (error) => {
    logger.error('An exception was not caught, so the process ends.', { error })
    process.exit(1)
  })
  process.on('unhandledRejection', (error) => {
    logger.error('A rejection was not handled, so the process ends.', { error })
    process.exit(1)
  })
}
