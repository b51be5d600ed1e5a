import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import { startControl } from './control-server.fixture.ts'
import { ask, bearer, isAlive, newToken, portOf, residentMb, startHost } from './fault-host.fixture.ts'
import { ms, quantile, expectFault } from './report.fixture.ts'

const connections = { headers: 200, body: 200, reader: 100 } as const

// The host gives 10 s for headers, 30 s for a request and 40 s to a client that takes nothing, once the kernel's buffers are full; it
// looks once a second.
const limits = { headers: 10_000, body: 30_000, reader: 60_000 } as const
const slackMs = 5000

type Kind = keyof typeof limits

const document = 'GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n'
const start: Readonly<Record<Kind, string>> = {
  headers: 'GET /health HTTP/1.1\r\nHost: a\r\n',
  body: 'POST /api/v1/auth/token HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
  reader: document.repeat(8),
}
// The kernel takes megabytes before the host notices that nobody reads: a reader goes on asking.
const drop: Readonly<Record<Kind, string>> = { headers: 'X', body: ' ', reader: document.repeat(4) }

async function open(port: number, kind: Kind): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => {})
  await once(socket, 'connect')
  if (kind === 'reader') socket.pause()
  else socket.resume()
  socket.write(start[kind])
  return socket
}

/** Ports of those who have a connection to a server that the server has not ended: who does not read does not notice the end. */
function peersOf(port: number): ReadonlySet<number> {
  const rows = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
  const established = rows.filter(
    ([, local, , state]) => state === '01' && Number.parseInt(local?.split(':')[1] ?? '', 16) === port,
  )
  return new Set(established.map(([, , remote]) => Number.parseInt(remote?.split(':')[1] ?? '', 16)))
}

/** Opens slow connections and returns when the last of each kind was ended, in milliseconds; infinite for one that never was. */
async function besiege(
  port: number,
  counts: Record<Kind, number>,
  patienceMs: number,
): Promise<Record<Kind, number>> {
  const kinds = Object.keys(limits) as Kind[]
  const last = { headers: Infinity, body: Infinity, reader: Infinity }
  const started = performance.now()
  const groups = new Map<Kind, readonly Socket[]>()
  for (const kind of kinds)
    groups.set(kind, await Promise.all(Array.from({ length: counts[kind] }, () => open(port, kind))))
  const ports = new Map(
    [...groups].map(([kind, sockets]) => [kind, sockets.map(({ localPort }) => localPort ?? 0)]),
  )
  while (performance.now() - started < patienceMs && Object.values(last).includes(Infinity)) {
    await delay(1000)
    const peers = peersOf(port)
    for (const kind of kinds) {
      for (const socket of groups.get(kind) ?? []) if (socket.writable) socket.write(drop[kind])
      const isOver = !ports.get(kind)?.some((peer) => peers.has(peer))
      if (isOver && last[kind] === Infinity) last[kind] = performance.now() - started
    }
  }
  for (const sockets of groups.values()) for (const socket of sockets) socket.destroy()
  return last
}

const demandsOf = (last: Record<Kind, number>) => ({
  'slow headers are ended': last.headers <= limits.headers + slackMs,
  'slow bodies are ended': last.body <= limits.body + slackMs,
  'readers that stop are ended': last.reader <= limits.reader + slackMs,
})

test('F16: clients that are slow on purpose are ended, and nobody waits for them', async () => {
  const host = await startHost(tempFolder())
  const control = await startControl('unlimited-server.process.ts')
  try {
    const token = await newToken(host.url, 'ada@example.com')
    const me = () => ask(`${host.url}/api/v1/auth/me`, { headers: bearer(token) })
    const quiet: number[] = []
    for (let i = 0; i < 200; i++) quiet.push((await me()).durationMs)
    const before = residentMb(host.child.pid)
    const besieged: number[] = []
    let peakMb = 0
    const timer = setInterval(() => {
      peakMb = Math.max(peakMb, residentMb(host.child.pid) - before)
      void me().then(({ status, durationMs }) => besieged.push(status === 200 ? durationMs : Infinity))
    }, 50)
    const [last, bad] = await Promise.all([
      besiege(portOf(host), connections, 70_000),
      besiege(control.port, { headers: 5, body: 5, reader: 1 }, 40_000),
    ])
    clearInterval(timer)
    expect(besieged.length).toBeGreaterThan(100)
    expectFault(
      'F16',
      {
        connections: Object.values(connections).reduce<number>((sum, count) => sum + count, 0),
        headersEndedMs: ms(last.headers),
        bodiesEndedMs: ms(last.body),
        readersEndedMs: ms(last.reader),
        peakGrowthMb: ms(peakMb),
        quietP99Ms: ms(quantile(quiet, 0.99)),
        besiegedP99Ms: ms(quantile(besieged, 0.99)),
      },
      {
        ...demandsOf(last),
        'every good request is answered': !besieged.includes(Infinity),
        'memory is bounded': peakMb <= 200,
        alive: isAlive(host),
      },
      demandsOf(bad),
    )
  } finally {
    await host.end('SIGKILL')
    await control.close()
  }
})
