import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { serveWorker } from './processes.ts'

export interface ReadersOrder {
  readonly url: string
  /** For each connection who reads. */
  readonly readers: readonly { readonly token: string; readonly tenantId: string }[]
}

/** What all of them were told since the last time, once it was so much, or after 30 s. */
export interface Heard {
  readonly told: number
  /** Events of other tenants. */
  readonly foreign: number
  readonly p50: number
  readonly p99: number
}

const event = /"data":\{"tenant":"(\w+)","sentAt":(\d+)\}/g
const patienceMs = 30_000
const settleMs = 1000

let delays: number[] = []
let foreign = 0
let check = (): void => {}
const sockets: Socket[] = []

/** In waves, so that no backlog of the listener overflows. */
async function open({ url, readers }: ReadersOrder): Promise<void> {
  for (const socket of sockets.splice(0)) socket.destroy()
  const { hostname, port, pathname, host } = new URL(url)
  for (let at = 0; at < readers.length; at += 100) {
    await Promise.all(
      readers.slice(at, at + 100).map(({ token, tenantId }) => {
        const socket = connect(Number(port), hostname)
        sockets.push(socket)
        let rest = ''
        socket.setEncoding('latin1')
        socket.write(
          `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${token}\r\n\r\n`,
        )
        return new Promise<void>((resolve, reject) => {
          socket.once('error', reject)
          socket.once('data', (first: string) => {
            if (first.startsWith('HTTP/1.1 200')) resolve()
            else reject(new Error(first.slice(0, 300)))
          })
          socket.on('data', (text: string) => {
            const now = Number(process.hrtime.bigint() / 1000n)
            rest += text
            const end = rest.lastIndexOf('\n\n')
            if (end === -1) return
            for (const [, about, sentAt] of rest.slice(0, end).matchAll(event)) {
              if (about !== tenantId) foreign++
              delays.push((now - Number(sentAt)) / 1000)
            }
            rest = rest.slice(end)
            check()
          })
        })
      }),
    )
  }
  // Who comes is told first what was kept; that is no part of a round.
  await delay(settleMs)
  delays = []
}

async function heard(count: number): Promise<Heard> {
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, patienceMs)
    check = () => {
      if (delays.length < count) return
      clearTimeout(late)
      resolve()
    }
    check()
  })
  const sorted = delays.toSorted((a, b) => a - b)
  const quantile = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  const found = { told: sorted.length, foreign, p50: quantile(0.5), p99: quantile(0.99) }
  delays = []
  return found
}

serveWorker('ready', async (order: ReadersOrder | number) =>
  typeof order === 'number' ? heard(order) : open(order),
)
