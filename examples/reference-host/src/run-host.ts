import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { createFirstOperator } from './first-operator.ts'
import { printStep, print, step } from './progress.ts'
import type { ReadSettings } from './read-settings.ts'
import { drainLimitMs, type RunningProcess, runStack } from './run-stack.ts'
import { type RunningServer, startServer } from './server.ts'
import { type HostStack, inboxFolder } from './stack.ts'
import { stopServing } from './stop-serving.ts'
import { welcome } from './welcome.ts'

/** Starts the host in visible steps and prints where it answers. */
export const runHost = (): Promise<RunningProcess> =>
  runStack('', async ({ settings, stack, payments, onStop }) => {
    const { host, core } = settings.values
    await stack.start(printStep, { workers: host.workers === 'host' })
    if (payments) onStop(payments.deliverTo(stack.fetch))
    const server = await step('server', () =>
      startServer({
        host: host.host,
        port: host.port,
        maxBodyBytes: 2 * core.maxBodyBytes,
        stallTimeoutMs: host.stallTimeout * 1000,
        minBodyRate: host.minBodyRate,
        fetch: payments?.withPages(stack.fetch) ?? stack.fetch,
      }),
    )
    onStop(() => stopServing(stack, server, { delayMs: host.shutdownDelay * 1000, limitMs: drainLimitMs }))
    print(await greeting(settings, stack, server))
  })

async function greeting(
  { profile, values }: ReadSettings,
  stack: HostStack,
  { url }: RunningServer,
): Promise<string> {
  const { users } = stack.auth
  const inbox = inboxFolder(values.host)
  // Elsewhere what a process prints is collected and kept, and a password must not be.
  const operator = profile === 'local' ? await createFirstOperator(users) : null
  return welcome({
    url,
    data: resolve(values.host.dataDir),
    inbox: inbox === null ? null : resolve(inbox),
    operator,
    hasOperator: operator !== null || (await users.hasOperator()),
    readyMs: performance.now(),
    suffix: profile === 'local' ? randomBytes(4).toString('hex') : null,
  })
}
