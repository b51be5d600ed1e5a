import type { ZodOpenApiResponsesObject } from 'zod-openapi'
import type { Endpoint } from './contract.ts'
import { standardErrors } from './standard-errors.ts'

/** RFC 9457, with the members that every problem of this API has. */
export const problemSchema = {
  type: 'object' as const,
  description: 'RFC 9457 problem document',
  properties: {
    type: { type: 'string' as const, format: 'uri', description: 'urn:corbel:problem:<code>' },
    title: { type: 'string' as const, description: 'What happened; the same for every occurrence' },
    status: { type: 'integer' as const },
    detail: { type: 'string' as const, description: 'What is particular to this occurrence' },
    code: { type: 'string' as const, description: 'What to branch on' },
    fix: { type: 'string' as const, description: 'How to put it right' },
    errors: {
      type: 'array' as const,
      items: {
        type: 'object' as const,
        properties: {
          part: { type: 'string' as const, enum: ['body', 'query', 'params', 'headers'] },
          pointer: { type: 'string' as const, description: 'JSON pointer (RFC 6901) into the part' },
          message: { type: 'string' as const },
        },
        required: ['part', 'pointer', 'message'],
      },
    },
    quota: {
      type: 'object' as const,
      description: 'The limit that was reached, where one was',
      properties: {
        planCode: {
          type: ['string' as const, 'null' as const],
          description: 'Of the plan that sets the limit',
        },
        featureKey: { type: 'string' as const },
        limitType: { type: 'string' as const, enum: ['hard', 'soft'] },
        limitValue: { type: 'integer' as const },
        usage: { type: 'integer' as const, description: 'Spent and reserved' },
        window: { type: 'string' as const, enum: ['period', 'tenant'], description: 'What counting is for' },
        resetAt: {
          type: ['string' as const, 'null' as const],
          format: 'date-time',
          description: 'When it begins anew',
        },
      },
      required: ['planCode', 'featureKey', 'limitType', 'limitValue', 'usage', 'window', 'resetAt'],
    },
    requestId: { type: 'string' as const },
  },
  required: ['type', 'title', 'status', 'code', 'requestId'],
}

const headersOf: Record<number, readonly string[]> = {
  401: ['WWW-Authenticate'],
  409: ['Retry-After'],
  429: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
}

/** One response per status, which names the codes that it can carry. */
export function errorResponses(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const found = new Map<number, Map<string, string>>()
  const note = (status: number, code: string, title: string): void => {
    found.set(status, (found.get(status) ?? new Map<string, string>()).set(code, title))
  }
  for (const { status, code } of standardErrors(endpoint)) note(status, code, '')
  for (const { status, code, title } of endpoint.errors ?? []) note(status, code, title)
  note(500, 'internal', 'Something went wrong on our side.')
  const entries = [...found].toSorted(([a], [b]) => a - b)
  return Object.fromEntries(
    entries.map(([status, codes]) => [
      String(status),
      response(status, codes, endpoint.errorForm === 'oauth' ? oauthContent : problemContent(codes)),
    ]),
  ) as ZodOpenApiResponsesObject
}

/** RFC 6749 §5.2 */
const oauthContent = {
  'application/json': {
    schema: {
      type: 'object' as const,
      properties: { error: { type: 'string' as const }, error_description: { type: 'string' as const } },
      required: ['error', 'error_description'],
    },
  },
}

const problemContent = (codes: ReadonlyMap<string, string>) => ({
  'application/problem+json': {
    schema: {
      allOf: [
        { $ref: '#/components/schemas/Problem' },
        { properties: { code: { enum: [...codes.keys()] } } },
      ],
    },
  },
})

const response = (status: number, codes: ReadonlyMap<string, string>, content: object) => ({
  description: [...codes].map(([code, title]) => `\`${code}\`${title && ` ${title}`}`).join('\n\n'),
  headers: Object.fromEntries(
    ['X-Request-Id', ...(headersOf[status] ?? [])].map((name) => [
      name,
      { $ref: `#/components/headers/${name}` },
    ]),
  ),
  content,
})
