import { connect, type Socket } from 'node:net'
import { completeLength } from './http-answer.ts'
import { serveWorker } from './processes.ts'

interface Order {
  readonly url: string
  readonly seconds: number
  readonly headers: Readonly<Record<string, string>>
  readonly connections: number
}

/** For machines without wrk: keep-alive connections that send the next request when the last answer is complete. */
async function generate({ url, seconds, headers, connections }: Order): Promise<number> {
  const { hostname, port, pathname, host } = new URL(url)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const request = `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${lines.join('')}\r\n`
  const sockets: Socket[] = []
  let answered = 0
  let failure: Error | undefined
  for (let i = 0; i < connections; i++) {
    const socket = connect(Number(port), hostname)
    let rest = ''
    socket.setEncoding('latin1').setNoDelay(true)
    socket.on('connect', () => socket.write(request))
    socket.on('error', (error) => (failure = error))
    socket.on('data', (text: string) => {
      rest += text
      const length = completeLength(rest)
      if (length === null) return
      if (!rest.startsWith('HTTP/1.1 200')) failure = new Error(`${url} answered ${rest.slice(0, 60)}`)
      rest = rest.slice(length)
      answered++
      socket.write(request)
    })
    sockets.push(socket)
  }
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  for (const socket of sockets) socket.destroy()
  if (failure) throw failure
  return answered
}

serveWorker('ready', generate)
