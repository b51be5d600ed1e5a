import { createInterface } from 'node:readline'
import { openCrashStack } from './crash-stack.fixture.ts'
import type { Step } from './crash-flows.fixture.ts'

// Answers one request in a process of its own and dies by `kill -9` at the n-th moment before or after a call that leaves the
// process: `node crash-flow.process.ts <url> <folder> <mail port> good|bad`; then a line with the step and n.
// A process that gets to its end prints the number of those moments.
const [, , databaseUrl = '', folder = '', mailPort = '', mode] = process.argv

let crashAt = Infinity
let reached = 0
const pass = (): void => {
  if (++reached === crashAt) process.kill(process.pid, 'SIGKILL')
}

const { stack, close } = openCrashStack({
  databaseUrl,
  folder,
  mailPort: Number(mailPort),
  mode: mode === 'bad' ? 'bad' : 'good',
  async around(call) {
    pass()
    const result = await call()
    pass()
    return result
  },
})
// What comes once in the life of a process is not counted: connections, keys, the list of revocations.
await stack.readiness()
process.stdout.write('ready\n')

for await (const line of createInterface(process.stdin)) {
  const step = JSON.parse(line) as Step & { readonly crashAt: number }
  crashAt = step.crashAt
  reached = 0
  const { path, method, headers, body } = step.request
  const response = await stack.fetch(new Request(`http://127.0.0.1${path}`, { method, headers, body }))
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} was answered with ${response.status} ${text}`)
  if (step.delivers) while ((await stack.deliverEvents()) > 0);
  process.stdout.write(`${reached}\n`)
  await close()
  process.exit(0)
}
