import { type LedgerPlace, openLedger } from './ledger.fixture.ts'

// A worker process: works until SIGTERM, and then finishes what is under way.
const ledger = await openLedger(JSON.parse(process.argv[2] ?? '') as LedgerPlace)
await ledger.stack.start()
process.stdout.write('working\n')
process.on('SIGTERM', () => void ledger.close().then(() => process.exit(0)))
