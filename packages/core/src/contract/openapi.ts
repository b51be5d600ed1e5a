import * as z from 'zod'
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi'
import type { Access } from './access.ts'
import type { Endpoint } from './contract.ts'
import type { Reply, RequestBody } from './media.ts'
import { errorResponses, problemSchema } from './openapi-errors.ts'
import type { Operation } from './operation.ts'
import { sessionCookieName, takesRefreshToken, transportHeader, withoutTokens } from './session-use.ts'
import { takesIdempotencyKey } from './standard-errors.ts'
import { strictSchema } from './strict-schema.ts'

export interface ApiDescription {
  readonly title: string
  readonly version: string
  /** Where the API is reached, without a trailing slash. */
  readonly serverUrl: string
  /** What is sent to webhooks. @default nothing */
  readonly events?: readonly PublishedEvent[]
}

/** An event as receivers of webhooks get it. */
export interface PublishedEvent {
  readonly type: string
  readonly summary: string
  readonly payload: z.ZodObject
}

export type OpenApiDocument = ReturnType<typeof createDocument>

/** The OpenAPI 3.1 document of operations. */
export function toOpenApi(
  operations: readonly Operation[],
  { title, version, serverUrl, events = [] }: ApiDescription,
): OpenApiDocument {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const operation of operations) {
    const path = (paths[operation.path] ??= {})
    path[operation.endpoint.method.toLowerCase()] = toOperation(operation)
  }
  const text = { type: 'string' as const }
  return createDocument(
    {
      openapi: '3.1.0',
      info: { title, version },
      servers: [{ url: serverUrl }],
      tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
      paths,
      ...(events.length > 0 && {
        webhooks: Object.fromEntries(events.map((event) => [event.type, toWebhook(event)])),
      }),
      components: {
        schemas: { Problem: problemSchema },
        headers: {
          'X-Request-Id': { schema: text, description: 'Names the request in logs and support tickets' },
          ETag: { schema: text, description: 'Version or content of the resource' },
          'Last-Modified': { schema: text, description: 'When the resource last changed, if that is known' },
          RateLimit: {
            schema: text,
            description: '"<policy>";r=<calls left>;t=<seconds until the quota is whole again>',
          },
          'RateLimit-Policy': { schema: text, description: '"<policy>";q=<calls>;w=<window in seconds>' },
          'Retry-After': { schema: { type: 'integer' }, description: 'Seconds until a retry can succeed' },
          'WWW-Authenticate': {
            schema: text,
            description: 'What a credential must be like (RFC 6750, RFC 9470)',
          },
          'Idempotency-Replayed': {
            schema: { const: 'true' },
            description: 'Present on the kept answer of an earlier request',
          },
          'Set-Cookie': { schema: text, description: 'In cookie mode: the session, or its end' },
          Location: { schema: { type: 'string', format: 'uri' } },
        },
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'Access token' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: sessionCookieName,
            description:
              'Session of a browser, where cookie mode is on: for pages of this origin, with Origin and Sec-Fetch-Site, and never beside Authorization',
          },
          monitor: {
            type: 'http',
            scheme: 'bearer',
            description: 'Monitor token; not needed from the machine itself',
          },
        },
      },
    },
    {
      // JSON has no dates: what becomes one in code travels as ISO 8601.
      override: ({ zodSchema, jsonSchema }) => {
        if (zodSchema._zod.def.type === 'date')
          Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
      },
    },
  )
}

function toOperation({ tag, name, endpoint }: Operation): ZodOpenApiOperationObject {
  const { summary, description, params, query, body, success, alternatives = [] } = endpoint
  const headers = requestHeaders(endpoint)
  const answers = [success, ...alternatives].map((reply) => [
    String(reply.status),
    toResponse(reply, endpoint),
  ])
  return {
    operationId: `${tag}.${name}`,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: security(endpoint.access),
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query: strictSchema(query) as z.ZodObject }),
      ...(headers && { header: headers }),
    },
    ...(body && { requestBody: toRequestBody(body, takesRefreshToken(endpoint)) }),
    responses: {
      ...(Object.fromEntries(answers) as ZodOpenApiResponsesObject),
      ...(isConditional(endpoint) && { '304': { description: 'Unchanged since the ETag in If-None-Match' } }),
      ...errorResponses(endpoint),
    },
  }
}

/** Standard Webhooks 1.0: the envelope is the same for all, `data` is what the event says. */
function toWebhook({ type, summary, payload }: PublishedEvent): { readonly post: ZodOpenApiOperationObject } {
  const header = (description: string) => z.string().meta({ description })
  return {
    post: {
      summary,
      requestParams: {
        header: z.object({
          'webhook-id': header('Id of the event: the same when it comes again'),
          'webhook-timestamp': header('When this attempt was made, in seconds since the epoch'),
          'webhook-signature': header(
            'One or more, separated by blanks: "v1," and base64 of HMAC-SHA256 over <id>.<timestamp>.<body>',
          ),
        }),
      },
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: z.object({
              type: z.literal(type),
              timestamp: z.iso.datetime().meta({ description: 'When it happened' }),
              tenantId: z.string(),
              data: payload,
            }),
          },
        },
      },
      responses: { '2XX': { description: 'Received; anything else is tried again' } },
    },
  }
}

const isConditional = ({ method, versioned, cache }: Endpoint): boolean =>
  method === 'GET' && (versioned === true || cache !== undefined)

function security(access: Access): Record<string, string[]>[] {
  switch (access.kind) {
    case 'user':
    case 'scope':
      return [{ bearer: [...access.scopes] }, { session: [] }]
    case 'operator':
      return [{ bearer: [] }, { session: [] }]
    case 'monitor':
      return [{ monitor: [] }, {}]
    case 'public':
    case 'webhook':
      return []
  }
}

function requestHeaders(endpoint: Endpoint): z.ZodObject | undefined {
  const header = (description: string) => z.string().meta({ description })
  const shape = {
    ...(takesIdempotencyKey(endpoint) && {
      'Idempotency-Key': header('Repeats under the same key get the first answer, for 24 hours')
        .max(255)
        .optional(),
    }),
    ...(endpoint.versioned === true &&
      endpoint.method !== 'GET' && { 'If-Match': header('ETag of the version that the change is based on') }),
    ...(endpoint.cache?.dated === true && {
      'If-Modified-Since': header(
        'Last-Modified of the copy at hand, for callers that keep no ETag',
      ).optional(),
    }),
    ...(endpoint.session === 'opens' && {
      [transportHeader]: z
        .literal('cookie')
        .meta({ description: 'Asks for the session in a cookie; without it the tokens are in the answer' })
        .optional(),
    }),
    ...(isConditional(endpoint) && { 'If-None-Match': header('ETag of the copy at hand').optional() }),
    ...(endpoint.success.kind === 'eventStream' && {
      'Last-Event-ID': header('Id of the last event seen, to resume after it').optional(),
    }),
  }
  return Object.keys(shape).length === 0 ? undefined : z.object(shape)
}

function toRequestBody(body: RequestBody, isInCookie: boolean) {
  if (body.kind === 'raw') {
    const types = body.contentTypes.length > 0 ? body.contentTypes : ['application/octet-stream']
    return { required: true, content: Object.fromEntries(types.map((type) => [type, {}])) }
  }
  const type = body.kind === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  return {
    required: !isInCookie && !body.schema.safeParse(undefined).success,
    content: { [type]: { schema: strictSchema(body.schema) } },
  }
}

const descriptions: Readonly<Record<Reply['status'], string>> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted; the work goes on',
  204: 'Done; there is nothing to say',
  303: 'The answer is at another address',
  503: 'Not available now',
}

function toResponse(reply: Reply, endpoint: Endpoint): ZodOpenApiResponseObject {
  const names = [
    'X-Request-Id',
    ...(endpoint.versioned === true || endpoint.cache ? ['ETag'] : []),
    ...(endpoint.cache?.dated === true ? ['Last-Modified'] : []),
    ...(endpoint.rateLimit ? ['RateLimit', 'RateLimit-Policy'] : []),
    ...(takesIdempotencyKey(endpoint) ? ['Idempotency-Replayed'] : []),
    ...(reply.kind === 'redirect' ? ['Location'] : []),
    ...(endpoint.session ? ['Set-Cookie'] : []),
  ]
  const headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
  const content = contentOf(
    reply,
    endpoint.session !== undefined && endpoint.session !== 'ends' && reply === endpoint.success,
  )
  const description =
    reply.kind === 'eventStream' ? 'Server-sent events; this is the data of one' : descriptions[reply.status]
  return { description, headers, ...(content && { content }) }
}

function contentOf(reply: Reply, hasTokens: boolean): ZodOpenApiResponseObject['content'] {
  switch (reply.kind) {
    case 'json': {
      const { schema } = reply
      return { 'application/json': { schema: hasTokens ? z.union([schema, withoutTokens(schema)]) : schema } }
    }
    case 'eventStream':
      return { 'text/event-stream': { schema: reply.schema } }
    case 'content':
      return { [reply.contentType.split(';', 1)[0] ?? reply.contentType]: {} }
    case 'empty':
    case 'redirect':
      return undefined
  }
}
