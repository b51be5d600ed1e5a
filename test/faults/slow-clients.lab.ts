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

// The host gives 8 s to each and looks once a second; so does this test.
const limitMs = 11_000

const kinds = ['headers', 'body', 'reader'] as const
type Kind = (typeof kinds)[number]

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

const portIn = (address = ''): number => Number.parseInt(address.split(':')[1] ?? '', 16)

/**
 * Those who have a connection to a server that the server has not ended, by their ports, with what the kernel holds for them: who does
 * not read does not notice the end.
 */
function peersOf(port: number): ReadonlyMap<number, string> {
  const rows = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
  const taken = new Map(
    rows.flatMap(([, local, remote, , queues]) =>
      portIn(remote) === port ? [[portIn(local), queues?.split(':')[1]]] : [],
    ),
  )
  return new Map(
    rows.flatMap(([, local, remote, state, queues]) =>
      state === '01' && portIn(local) === port
        ? [[portIn(remote), `${queues?.split(':')[0]} ${taken.get(portIn(remote))}`]]
        : [],
    ),
  )
}

/**
 * Opens slow connections and returns how long the slowest of each kind was borne, in milliseconds: a reader from when the kernel could
 * take no more for it. Infinite for one that never was ended.
 */
async function besiege(
  port: number,
  counts: Record<Kind, number>,
  patienceMs: number,
): Promise<Record<Kind, number>> {
  const last = { headers: Infinity, body: Infinity, reader: Infinity }
  const started = performance.now()
  const groups = new Map<Kind, readonly Socket[]>()
  for (const kind of kinds)
    groups.set(kind, await Promise.all(Array.from({ length: counts[kind] }, () => open(port, kind))))
  const ports = new Map(
    [...groups].map(([kind, sockets]) => [kind, sockets.map(({ localPort }) => localPort ?? 0)]),
  )
  const moved = new Map<number, { readonly queues: string; readonly at: number }>()
  const borne = { headers: 0, body: 0, reader: 0 }
  while (performance.now() - started < patienceMs && Object.values(last).includes(Infinity)) {
    await delay(1000)
    const peers = peersOf(port)
    for (const kind of kinds) {
      for (const socket of groups.get(kind) ?? []) if (socket.writable) socket.write(drop[kind])
      const now = performance.now()
      for (const peer of ports.get(kind) ?? []) {
        const queues = peers.get(peer)
        const before = moved.get(peer)
        if (queues === undefined) moved.delete(peer)
        else if (before === undefined || (kind === 'reader' && before.queues !== queues))
          moved.set(peer, { queues, at: before === undefined ? started : now })
        if (queues === undefined && before !== undefined) borne[kind] = Math.max(borne[kind], now - before.at)
      }
      const isOver = !ports.get(kind)?.some((peer) => peers.has(peer))
      if (isOver && last[kind] === Infinity) last[kind] = borne[kind]
    }
  }
  for (const sockets of groups.values()) for (const socket of sockets) socket.destroy()
  return last
}

const demandsOf = (last: Record<Kind, number>) => ({
  'slow headers are ended': last.headers <= limitMs,
  'slow bodies are ended': last.body <= limitMs,
  'readers that stop are ended': last.reader <= limitMs,
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
      besiege(portOf(host), connections, 60_000),
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
