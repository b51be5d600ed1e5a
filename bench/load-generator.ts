import { connect, type Socket } from 'node:net'
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

/** Characters of the first answer in the text, or null when it is not complete. */
function completeLength(text: string): number | null {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return null
  const declared = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end + 2))?.[1]
  if (declared !== undefined) {
    const length = end + 4 + Number(declared)
    return text.length >= length ? length : null
  }
  const last = text.indexOf('\r\n0\r\n\r\n', end)
  return last === -1 ? null : last + 7
}

serveWorker('ready', generate)
