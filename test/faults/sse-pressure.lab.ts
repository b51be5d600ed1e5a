import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { residentMb } from './fault-host.fixture.ts'
import { endChild } from './postgres-cluster.fixture.ts'
import { expectFault, ms } from './report.fixture.ts'

const stuckReaders = 50
const goodReaders = 20
// More than the 10 MB or so that the kernel takes for a reader who reads nothing; 240 MB to the good ones.
const pushes = 192
const eventBytes = 64 * 1024
const pushEveryMs = 40
const cutLimitMs = 30_000
const script = fileURLToPath(new URL('sse-pusher.process.ts', import.meta.url))

interface Pressed {
  readonly growthMbPerStuck: number
  readonly stuckLeft: number
  readonly goodShort: number
}

async function open(port: number): Promise<{ readonly socket: Socket; readonly bytes: () => number }> {
  const socket = connect({ port, host: '127.0.0.1' })
  let bytes = 0
  socket.on('error', () => {})
  socket.on('data', (chunk) => (bytes += chunk.length))
  await once(socket, 'connect')
  socket.write('GET /feed HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(socket, 'data')
  return { socket, bytes: () => bytes }
}

async function press(mode: 'good' | 'bad'): Promise<Pressed> {
  const child = spawn(process.execPath, ['--conditions=@corbel/source', script, mode], {
    env: { PATH: process.env['PATH'] },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const sockets: Socket[] = []
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const port = Number(line.toString())
    const good = await Promise.all(Array.from({ length: goodReaders }, () => open(port)))
    const push = async (count: number) => {
      for (let i = 0; i < count; i++) {
        child.stdin.write('x')
        await delay(pushEveryMs)
      }
    }
    // What the good readers cost is no growth.
    await push(pushes / 4)
    const stuck = await Promise.all(Array.from({ length: stuckReaders }, () => open(port)))
    for (const { socket } of [...good, ...stuck]) sockets.push(socket)
    for (const { socket } of stuck) socket.pause()
    const before = residentMb(child.pid)
    let most = 0
    const timer = setInterval(() => (most = Math.max(most, residentMb(child.pid) - before)), 100)
    await push(pushes)
    await delay(cutLimitMs)
    clearInterval(timer)
    // Whoever was cut off learns so when it reads on.
    const ended = stuck.map(({ socket }) => {
      const closed = once(socket, 'close').then(
        () => true,
        () => true,
      )
      socket.resume()
      return Promise.race([closed, delay(5000, false)])
    })
    const cut = (await Promise.all(ended)).filter(Boolean).length
    return {
      growthMbPerStuck: most / stuckReaders,
      stuckLeft: stuckReaders - cut,
      goodShort: good.filter(({ bytes }) => bytes() < 1.25 * pushes * eventBytes).length,
    }
  } finally {
    for (const socket of sockets) socket.destroy()
    await endChild(child)
  }
}

const demandsOf = ({ growthMbPerStuck, stuckLeft, goodShort }: Pressed) => ({
  'a reader that is stuck costs at most 1 MB': growthMbPerStuck <= 1,
  'readers that are stuck are cut off': stuckLeft === 0,
  'who reads gets everything': goodShort === 0,
})

test('F14: readers of a stream that stop reading cost little and are cut off', async () => {
  const pressed = await press('good')
  const control = await press('bad')
  expectFault(
    'F14',
    {
      stuckReaders,
      goodReaders,
      pushedMb: ms((1.25 * pushes * eventBytes * (stuckReaders + goodReaders)) / 1024 / 1024),
      ...pressed,
      controlGrowthMbPerStuck: control.growthMbPerStuck,
      controlStuckLeft: control.stuckLeft,
    },
    demandsOf(pressed),
    demandsOf(control),
  )
})
