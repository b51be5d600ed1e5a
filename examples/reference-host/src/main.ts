import { runHost } from './run-host.ts'
import { runUntilSignal } from './run-until-signal.ts'

await runUntilSignal(runHost)
