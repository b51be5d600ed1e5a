import { createHash, createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Stored {
  readonly bytes: Buffer
  readonly contentType: string
  readonly etag: string
}

interface Upload {
  readonly key: string
  readonly contentType: string
  readonly parts: Map<number, Buffer>
}

interface Answer {
  readonly status: number
  readonly headers?: Record<string, string | number>
  readonly body?: string | Uint8Array
}

export interface S3Server {
  readonly endpoint: string
  /** Multipart uploads that were neither completed nor aborted. */
  readonly openUploads: number
  /** Method and kind of each request, oldest first. */
  readonly requests: readonly string[]
  /** Answers the next requests that match with an error. @param times - How many. @default 1 */
  failNext(request: RegExp, status: number, code: string, times?: number): void
  /** Moves the time of the service. */
  advance(seconds: number): void
  close(): Promise<void>
}

const smallestPart = 5_242_880
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex')
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
const failure = (status: number, code: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
})
const xml = (body: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>${body}`,
})

/** As much of Amazon S3's REST API as the adapter speaks, path-style, on loopback: real requests. Only the signatures of addresses are checked. */
export async function s3Server(bucket: string): Promise<S3Server> {
  const objects = new Map<string, Stored>()
  const uploads = new Map<string, Upload>()
  const requests: string[] = []
  let later = 0
  let toFail: { readonly request: RegExp; readonly answer: Answer; times: number } | null = null

  const write = (key: string, stored: Stored, ifNoneMatch: string | undefined): Answer => {
    if (ifNoneMatch === '*' && objects.has(key)) return failure(412, 'PreconditionFailed')
    objects.set(key, stored)
    return { status: 200, headers: { etag: `"${stored.etag}"` } }
  }

  const list = (query: URLSearchParams): Answer => {
    const [prefix, after] = [query.get('prefix') ?? '', query.get('start-after') ?? '']
    const limit = Math.min(1000, Number(query.get('max-keys') ?? 1000))
    const keys = [...objects.keys()]
      .filter((key) => key.startsWith(prefix) && key > after)
      .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    const contents = keys.slice(0, limit).map((key) => {
      const { bytes, etag } = objects.get(key) as Stored
      return `<Contents><Key>${escaped(key)}</Key><Size>${bytes.length}</Size><ETag>&quot;${etag}&quot;</ETag></Contents>`
    })
    return xml(
      `<ListBucketResult><Name>${bucket}</Name><IsTruncated>${keys.length > limit}</IsTruncated>${contents.join('')}</ListBucketResult>`,
    )
  }

  const complete = (id: string, sent: string, ifNoneMatch: string | undefined): Answer => {
    const upload = uploads.get(id)
    if (!upload) return failure(404, 'NoSuchUpload')
    const numbers = [...sent.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => Number(number))
    const parts = numbers.map((number) => upload.parts.get(number))
    if (parts.some((part) => !part)) return failure(400, 'InvalidPart')
    const bytes = parts as Buffer[]
    if (bytes.slice(0, -1).some((part) => part.length < smallestPart)) return failure(400, 'EntityTooSmall')
    const whole = Buffer.concat(bytes)
    const etag = `${md5(whole)}-${bytes.length}`
    const answer = write(upload.key, { bytes: whole, contentType: upload.contentType, etag }, ifNoneMatch)
    if (answer.status !== 200) return answer
    uploads.delete(id)
    return xml(
      `<CompleteMultipartUploadResult><ETag>&quot;${etag}&quot;</ETag></CompleteMultipartUploadResult>`,
    )
  }

  const answer = (request: IncomingMessage, body: Buffer): Answer => {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://loopback')
    const [, name, ...rest] = pathname.split('/').map(decodeURIComponent)
    const key = rest.join('/')
    const id = query.get('uploadId') ?? ''
    const kind = `${request.method} ${query.has('uploads') ? 'uploads' : id ? 'part' : key ? 'object' : 'bucket'}`
    requests.push(kind)
    if (toFail && toFail.times > 0 && toFail.request.test(kind)) {
      toFail.times -= 1
      return toFail.answer
    }
    if (name !== bucket) return failure(404, 'NoSuchBucket')
    const isSigned = request.headers.authorization !== undefined
    if (!isSigned && !isSignedAddress(request, later)) return failure(403, 'AccessDenied')
    const contentType = request.headers['content-type'] ?? 'binary/octet-stream'
    const ifNoneMatch = request.headers['if-none-match']
    switch (kind) {
      case 'HEAD bucket':
        return { status: 200 }
      case 'GET bucket':
        return list(query)
      case 'PUT object':
        return write(key, { bytes: body, contentType, etag: md5(body) }, ifNoneMatch)
      case 'DELETE object':
        objects.delete(key)
        return { status: 204 }
      case 'GET object':
      case 'HEAD object': {
        const found = objects.get(key)
        if (!found) return failure(404, 'NoSuchKey')
        const headers = {
          'content-type': found.contentType,
          'content-length': found.bytes.length,
          etag: `"${found.etag}"`,
          'content-disposition': query.get('response-content-disposition') ?? 'inline',
        }
        return { status: 200, headers, body: found.bytes }
      }
      case 'POST uploads': {
        const UploadId = randomUUID()
        uploads.set(UploadId, { key, contentType, parts: new Map() })
        return xml(
          `<InitiateMultipartUploadResult><UploadId>${UploadId}</UploadId></InitiateMultipartUploadResult>`,
        )
      }
      case 'PUT part':
        uploads.get(id)?.parts.set(Number(query.get('partNumber')), body)
        return { status: 200, headers: { etag: `"${md5(body)}"` } }
      case 'POST part':
        return complete(id, body.toString(), ifNoneMatch)
      case 'DELETE part':
        uploads.delete(id)
        return { status: 204 }
      default:
        return failure(501, 'NotImplemented')
    }
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { status, headers, body } = answer(request, Buffer.concat(chunks))
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get openUploads() {
      return uploads.size
    },
    requests,
    failNext: (request, status, code, times = 1) => {
      toFail = { request, answer: failure(status, code), times }
    },
    advance: (seconds) => void (later += seconds),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** AWS Signature Version 4 in the query of an address, by the secret `test`. */
function isSignedAddress({ method, url = '', headers }: IncomingMessage, later: number): boolean {
  const { pathname, searchParams: query } = new URL(url, 'http://loopback')
  const at = (name: string): string => query.get(`X-Amz-${name}`) ?? ''
  const [, day, region, service] = at('Credential').split('/')
  const canonical = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${escapedUri(name)}=${escapedUri(value)}`)
    .toSorted()
    .join('&')
  const request = [method, pathname, canonical, `host:${headers.host}\n`, 'host', 'UNSIGNED-PAYLOAD'].join(
    '\n',
  )
  const digest = createHash('sha256').update(request).digest('hex')
  const scope = [day, region, service, 'aws4_request']
  const toSign = ['AWS4-HMAC-SHA256', at('Date'), scope.join('/'), digest].join('\n')
  const sign = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const key = scope.reduce<string | Buffer>((previous, part) => sign(previous, part ?? ''), 'AWS4test')
  const since = at('Date').replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z')
  const ends = Date.parse(since) + Number(at('Expires')) * 1000
  return sign(key, toSign).toString('hex') === at('Signature') && Date.now() + later * 1000 < ends
}

const escapedUri = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
