import { runUntilSignal } from './run-until-signal.ts'
import { runWorker } from './run-worker.ts'

// What `corbel worker` runs.
await runUntilSignal(runWorker)
