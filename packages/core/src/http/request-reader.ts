import * as z from 'zod'
import type { Endpoint } from '../contract/contract.ts'
import type { FormBody, JsonBody, RequestBody } from '../contract/media.ts'
import { strictSchema } from '../contract/strict-schema.ts'
import type { FieldError } from '../kernel/errors.ts'
import { nothing, readBytes } from './body-reader.ts'
import { toFieldErrors } from './field-errors.ts'
import { parseForm } from './form-data.ts'
import { rawBodyConsumed } from './host-error.ts'
import { HttpErrors } from './http-errors.ts'
import type { IncomingRequest } from './http-request.ts'
import { parseStrictJson } from './strict-json.ts'

export interface ReadBody {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly value: unknown
}

/** Reads and validates the parts of a request for one endpoint. Every refusal is a 4xx. */
export interface RequestReader {
  params(params: Readonly<Record<string, string>> | undefined): unknown
  query(query: string): unknown
  body(request: IncomingRequest): Promise<ReadBody>
}

export function createRequestReader(endpoint: Endpoint, maxBodyBytes: number): RequestReader {
  const query = strictSchema(endpoint.query ?? z.object({}))
  const { params } = endpoint
  return {
    params: (values) => (params ? validate('params', params, decodeParams(values)) : undefined),
    query(source) {
      if (source === '' && endpoint.query === undefined) return undefined
      const value = validate('query', query, parseForm(source, 'query'))
      return endpoint.query && value
    },
    body: createBodyReader(endpoint.body, maxBodyBytes),
  }
}

function createBodyReader(body: RequestBody | undefined, limit: number): RequestReader['body'] {
  switch (body?.kind) {
    case undefined:
      return (request) => readNothing(request, limit)
    case 'raw':
      return async (request) => {
        if (request.bodyState !== 'intact') throw rawBodyConsumed()
        if (body.contentTypes.length > 0) requireMediaType(request, body.contentTypes)
        requireIdentity(request)
        const bytes = await readBytes(request, body.maxBytes ?? limit)
        return { bytes, value: bytes }
      }
    case 'json':
      return createTextReader(body, limit, ['application/json'], parseStrictJson)
    case 'form':
      return createTextReader(body, limit, ['application/x-www-form-urlencoded'], (bytes) =>
        parseForm(decodeText(bytes), 'body'),
      )
  }
}

function createTextReader(
  body: JsonBody | FormBody,
  limit: number,
  mediaTypes: readonly string[],
  parse: (bytes: Uint8Array) => unknown,
): RequestReader['body'] {
  const schema = strictSchema(body.schema)
  const isOptional = schema.safeParse(undefined).success
  return async (request) => {
    if (request.bodyState === 'lost') throw rawBodyConsumed()
    if (isOptional && !request.headers.has('content-type')) {
      const bytes = await readBytes(request, limit)
      if (bytes.length === 0) return { bytes, value: validate('body', schema, undefined) }
    }
    requireMediaType(request, mediaTypes)
    requireIdentity(request)
    const bytes = await readBytes(request, limit)
    return { bytes, value: validate('body', schema, parse(bytes)) }
  }
}

/** Front ends that always send JSON send `{}` where nothing is asked for; that much is let through. */
async function readNothing(request: IncomingRequest, limit: number): Promise<ReadBody> {
  if (request.method === 'GET' || request.method === 'HEAD') return { bytes: nothing, value: undefined }
  const bytes = await readBytes(request, limit)
  if (bytes.length > 0 && (bytes.length > 16 || decodeText(bytes).trim() !== '{}')) {
    throw HttpErrors.invalidRequest({ detail: 'This address takes no body.' })
  }
  return { bytes, value: undefined }
}

function validate(part: FieldError['part'], schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw HttpErrors.invalidRequest({ errors: toFieldErrors(part, result.error.issues) })
}

function decodeParams(values: Readonly<Record<string, string>> | undefined): Record<string, string> {
  // The path was found to be canonical before routing, so this cannot fail.
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
  )
}

const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeText(bytes: Uint8Array): string {
  try {
    return fatal.decode(bytes)
  } catch (cause) {
    throw HttpErrors.invalidRequest({ detail: 'The body is not UTF-8.' }, { cause })
  }
}

const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i

function requireMediaType(request: IncomingRequest, accepted: readonly string[]): void {
  const header = request.headers.get('content-type') ?? ''
  const mediaType = header.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const isAccepted =
    accepted.includes(mediaType) ||
    (accepted.includes('application/json') && /^application\/[\w.-]+\+json$/.test(mediaType))
  const encoding = charset.exec(header)?.[1] ?? 'utf-8'
  if (!isAccepted || !/^utf-?8$/i.test(encoding)) {
    throw HttpErrors.unsupportedMediaType({
      detail: `Content-Type must be ${accepted.join(' or ')}.`,
      headers: { accept: accepted.join(', ') },
    })
  }
}

function requireIdentity(request: IncomingRequest): void {
  const encoding = request.headers.get('content-encoding')
  if (encoding !== null && encoding.trim().toLowerCase() !== 'identity') {
    throw HttpErrors.unsupportedMediaType({
      detail: 'The body must be sent uncompressed.',
      headers: { 'accept-encoding': 'identity' },
    })
  }
}
