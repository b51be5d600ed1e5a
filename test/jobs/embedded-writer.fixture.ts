import { openEmbedded, thing } from './embedded.fixture.ts'

// Enqueues for ever, half of it in transactions, and says what was acknowledged.
const { storage, queue } = await openEmbedded(process.argv[2] ?? '')
await queue.open([thing])
for (let number = 0; ; number++) {
  const job = { name: thing.name, tenantId: null, payload: { number } }
  if (number % 2 === 0) await queue.enqueue(job)
  else await storage.transaction((tx) => queue.within(tx).enqueue(job))
  // Some are under way when the process dies.
  if (number % 10 === 0) await queue.claim(thing, 1)
  process.stdout.write(`${number}\n`)
}
