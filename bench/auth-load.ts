import { Agent, request } from 'node:http'
import { serveWorker } from './processes.ts'

/** POST requests by connections that send the next one when the last is answered. */
export interface AuthOrder {
  readonly url: string
  readonly seconds: number
  readonly headers?: Readonly<Record<string, string>>
  /** For each connection what it sends; the field `chain` is replaced by what the last answer had there. */
  readonly bodies: readonly Readonly<Record<string, unknown>>[]
  readonly chain?: string
}

export interface AuthAnswer {
  readonly operations: number
  readonly seconds: number
  /** To go on with. */
  readonly bodies: AuthOrder['bodies']
}

async function load({ url, seconds, headers = {}, bodies, chain }: AuthOrder): Promise<AuthAnswer> {
  const agent = new Agent({ keepAlive: true, maxSockets: bodies.length })
  const start = performance.now()
  let operations = 0
  const last = await Promise.all(
    bodies.map(async (first) => {
      let body = first
      while (performance.now() - start < seconds * 1000) {
        const answer = await post(url, headers, body, agent)
        operations++
        if (chain !== undefined) body = { ...body, [chain]: answer[chain] }
      }
      return body
    }),
  )
  agent.destroy()
  return { operations, seconds: (performance.now() - start) / 1000, bodies: last }
}

function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
  agent: Agent,
): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body)
    const sent = request(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(text)),
          ...headers,
        },
      },
      (response) => {
        let answer = ''
        response.setEncoding('utf8').on('data', (part: string) => (answer += part))
        response.on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(answer) as Readonly<Record<string, unknown>>)
          else reject(new Error(`${url} answered ${response.statusCode}: ${answer}`))
        })
      },
    )
    sent.on('error', reject)
    sent.end(text)
  })
}

serveWorker('ready', load)
