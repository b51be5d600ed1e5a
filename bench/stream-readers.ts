import { connect } from 'node:net'
import { serveWorker } from './processes.ts'

interface Order {
  readonly open?: { readonly url: string; readonly connections: number }
  /** Resolves when this many events have come in all. */
  readonly wait?: { readonly url: string; readonly events: number }
}

const counts = new Map<string, number>()
const mark = '~'.charCodeAt(0)
let check = (): void => {}

/** In waves, so that no backlog of the listener overflows. */
async function open(url: string, connections: number): Promise<void> {
  const { hostname, port, pathname, host } = new URL(url)
  for (let done = 0; done < connections; done += 200) {
    await Promise.all(
      Array.from({ length: 200 }, () => {
        const socket = connect(Number(port), hostname)
        socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\n\r\n`)
        return new Promise<void>((resolve, reject) => {
          socket.once('error', reject)
          socket.once('data', () => resolve())
          socket.on('data', (chunk) => {
            let found = 0
            for (let at = chunk.indexOf(mark); at !== -1; at = chunk.indexOf(mark, at + 1)) found++
            if (found === 0) return
            counts.set(url, (counts.get(url) ?? 0) + found)
            check()
          })
        })
      }),
    )
  }
}

async function answer(order: Order): Promise<null> {
  if (order.open) await open(order.open.url, order.open.connections)
  const { wait } = order
  if (wait) {
    await new Promise<void>((resolve) => {
      check = () => {
        if ((counts.get(wait.url) ?? 0) >= wait.events) resolve()
      }
      check()
    })
  }
  return null
}

serveWorker('ready', answer)
