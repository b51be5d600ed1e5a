import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** What a server did about bytes that were sent to it. */
export interface Outcome {
  /** Status of each answer, in order. */
  readonly statuses: readonly number[]
  readonly text: string
  /** Whether the server ended the connection. */
  readonly closed: boolean
  readonly bytesSent: number
  readonly durationMs: number
}

export interface Exchange {
  /** What is sent, in this order; endless ones end when the connection does. */
  readonly send: Iterable<string | Buffer> | AsyncIterable<string | Buffer>
  /** How long the server may neither read nor answer, in milliseconds. */
  readonly patienceMs: number
  /** Waits for the end instead of an answer. */
  readonly untilClosed?: boolean
  /** Reads nothing until all is sent. */
  readonly deaf?: boolean
}

const statusLine = /^HTTP\/1\.[01] (\d{3}) /gm

/** Opens a connection, sends bytes and looks. Never rejects. */
export async function exchange(
  port: number,
  { send, patienceMs, untilClosed, deaf }: Exchange,
): Promise<Outcome> {
  const started = performance.now()
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: false })
  let text = ''
  let closed = false
  let bytesSent = 0
  let isOver = false
  const over = Promise.withResolvers<void>()
  const end = () => {
    isOver = true
    over.resolve()
  }
  let patience = setTimeout(end, patienceMs)
  const statuses = () =>
    [...text.matchAll(statusLine)].map(([, status]) => Number(status)).filter((s) => s >= 200)
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    if (text.length < 1_000_000) text += chunk
    if (!untilClosed && statuses().length > 0) end()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    closed = true
    end()
  })
  if (deaf) socket.pause()
  try {
    for await (const bytes of send) {
      if (isOver) break
      bytesSent += bytes.length
      // A server that has answered, or does not read, need not take the rest.
      await Promise.race([write(socket, bytes), over.promise])
      clearTimeout(patience)
      patience = setTimeout(end, patienceMs)
    }
  } catch {
    // The connection is gone, which is an outcome.
  }
  if (deaf) socket.resume()
  if (!isOver) await over.promise
  clearTimeout(patience)
  // An answer comes in more than one piece, and what follows it shows a second request that was smuggled in.
  if (!closed) await delay(60)
  const outcome = { statuses: statuses(), text, closed, bytesSent, durationMs: performance.now() - started }
  socket.destroy()
  return outcome
}

function write(socket: Socket, bytes: string | Buffer): Promise<void> {
  const sent = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
  return new Promise((resolve, reject) => {
    socket.write(sent, (error) => (error ? reject(error) : resolve()))
  })
}

/** Whether nothing of what was asked has been done: the connection was ended, or every answer is a refusal. */
export const isRefused = ({ statuses, closed }: Outcome): boolean =>
  statuses.length === 0 ? closed : statuses.every((status) => status >= 400 && status < 500)
