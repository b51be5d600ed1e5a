import type { FetchHandler } from '@corbel/core'
import { print, printStep, step } from './progress.ts'
import { drainLimitMs, type RunningProcess, runStack } from './run-stack.ts'
import { startServer } from './server.ts'
import { stopServing } from './stop-serving.ts'

// Probes carry no body.
const maxBodyBytes = 1024

const probes: ReadonlySet<string> = new Set(['/health', '/health/ready', '/metrics'])

/** Starts a process that delivers events and works on jobs; it answers only those who watch it. */
export const runWorker = (): Promise<RunningProcess> =>
  runStack('worker ', async ({ settings, stack, onStop }) => {
    const { host } = settings.values
    await stack.start(printStep)
    const server = await step('health', () =>
      startServer({
        host: host.host,
        port: host.workerPort,
        maxBodyBytes,
        stallTimeoutMs: host.stallTimeout * 1000,
        minBodyRate: host.minBodyRate,
        fetch: onlyProbes(stack.fetch),
      }),
    )
    // No delay: it takes its work itself.
    onStop(() => stopServing(stack, server, { delayMs: 0, limitMs: drainLimitMs }))
    print(
      `\nWorking after ${(performance.now() / 1000).toFixed(1)} s; health on ${server.url}/health/ready\n`,
    )
  })

const onlyProbes =
  (fetch: FetchHandler): FetchHandler =>
  async (request, connection) =>
    probes.has(new URL(request.url).pathname)
      ? fetch(request, connection)
      : new Response(null, { status: 404 })
