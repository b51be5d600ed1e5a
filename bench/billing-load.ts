import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { Stripe } from 'stripe'
import { completeLength } from './http-answer.ts'
import type { Recording } from './billing-recording.ts'
import { RecordingCopies } from './billing-slice.ts'
import { serveWorker } from './processes.ts'

/** Webhooks to be sent: those of some copies of the recording, their customers side by side. */
export interface BillingOrder {
  readonly url: string
  readonly secret: string
  readonly firstCopy: number
  readonly copies: number
  /** Only these types. @default all */
  readonly types?: readonly string[]
}

/** What became of the order that was prepared. */
export interface Sent {
  readonly operations: number
  readonly seconds: number
}

const connections = 32

let recording: RecordingCopies | undefined
let prepared: { hostname: string; port: number; requests: Buffer[] } = { hostname: '', port: 0, requests: [] }
let questions = 0

async function prepare({ url, secret, firstCopy, copies, types }: BillingOrder): Promise<void> {
  if (recording === undefined) throw new Error('There is no recording yet.')
  const { hostname, port, pathname, host } = new URL(url)
  prepared = { hostname, port: Number(port), requests: [] }
  for (const event of recording.recording.events) {
    if (types && !types.includes(event.type)) continue
    const text = JSON.stringify(event)
    for (let copy = firstCopy; copy < firstCopy + copies; copy++) {
      const payload = recording.of(copy, text)
      const signature = await Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret })
      const body = Buffer.from(payload)
      const head = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json; charset=utf-8\r\nStripe-Signature: ${signature}\r\nContent-Length: ${body.length}\r\n\r\n`
      prepared.requests.push(Buffer.concat([Buffer.from(head), body]))
    }
  }
}

/** Each connection sends the next one when the last is answered. */
async function send(): Promise<Sent> {
  const { hostname, port, requests } = prepared
  const begin = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: connections }, () => {
      const socket = connect(port, hostname)
      let rest = ''
      socket.setEncoding('latin1').setNoDelay(true)
      return new Promise<void>((resolve, reject) => {
        const write = () => {
          const request = requests[next++]
          if (request !== undefined) return void socket.write(request)
          socket.destroy()
          resolve()
        }
        socket.on('connect', write)
        socket.on('error', reject)
        socket.on('data', (text: string) => {
          rest += text
          const length = completeLength(rest)
          if (length === null) return
          if (!rest.startsWith('HTTP/1.1 200'))
            return reject(new Error(`A webhook was answered with ${rest.slice(0, 500)}`))
          rest = rest.slice(length)
          write()
        })
      })
    }),
  )
  return { operations: requests.length, seconds: (performance.now() - begin) / 1000 }
}

/** Stripe's API, for whoever wants to know what an object is by now, or which lines a checkout has. */
const stripe = createServer((request, response) => {
  questions++
  const path = request.url?.split('?', 1)[0] ?? ''
  const body = path.endsWith('/line_items')
    ? '{"object":"list","data":[],"has_more":false}'
    : (recording?.answer(path.split('/').at(-1) ?? '') ?? null)
  const missing = '{"error":{"type":"invalid_request_error","code":"resource_missing"}}'
  response.writeHead(body === null ? 404 : 200, { 'content-type': 'application/json' }).end(body ?? missing)
})

async function answer(
  order: 'send' | 'questions' | { readonly prepare: BillingOrder } | { readonly recording: Recording },
): Promise<unknown> {
  if (order === 'send') return send()
  if (order === 'questions') return questions
  if ('prepare' in order) return prepare(order.prepare)
  recording = new RecordingCopies(order.recording)
  return null
}

stripe.listen(0, '127.0.0.1', () => {
  serveWorker(`http://127.0.0.1:${(stripe.address() as AddressInfo).port}`, answer)
})
