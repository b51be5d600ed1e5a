import { failureReport } from './failure-report.ts'
import { runHost, type RunningHost } from './run-host.ts'

// Ctrl+C reaches npm and this process, and npm passes it on: two signals within a moment are one wish.
const sameWishMs = 500

// Whoever reads the output may leave; the host stays.
process.stdout.on('error', () => {})

let host: RunningHost
try {
  host = await runHost()
} catch (error) {
  process.stderr.write(`\n${failureReport(error)}\n`)
  process.exit(1)
}

let askedAt: number | null = null

async function end(signal: NodeJS.Signals): Promise<void> {
  if (askedAt !== null) {
    if (performance.now() - askedAt > sameWishMs) process.exit(1)
    return
  }
  askedAt = performance.now()
  host.logger.info('stopping', { signal })
  try {
    await host.stop()
    host.logger.info('stopped')
    process.exit(0)
  } catch (error) {
    host.logger.error('The host stopped, but not cleanly.', { error })
    process.exit(1)
  }
}

process.on('SIGTERM', (signal) => void end(signal))
process.on('SIGINT', (signal) => void end(signal))

// After either nobody knows what state the process is in.
process.on('uncaughtException', (error) => {
  host.logger.error('An exception was not caught, so the host ends.', { error })
  process.exit(1)
})
process.on('unhandledRejection', (error) => {
  host.logger.error('A rejection was not handled, so the host ends.', { error })
  process.exit(1)
})
