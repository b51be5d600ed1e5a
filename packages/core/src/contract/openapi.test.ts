import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { HttpErrors } from '../http/http-errors.ts'
import { miscContract, notesContract } from '../http/example-api.fixture.ts'
import { toOpenApi } from './openapi.ts'
import { operationsOf } from './operation.ts'
import { standardErrors } from './standard-errors.ts'

const operations = operationsOf(notesContract, miscContract)
const document = toOpenApi(operations, {
  title: 'Example',
  version: '1',
  serverUrl: 'https://api.example.com',
})

/** What a reader of the document sees of one operation. */
const at = (path: string, method: 'get' | 'post' | 'patch' | 'delete') => {
  const operation = document.paths?.[path]?.[method]
  if (!operation) throw new Error(`${method} ${path} is not in the document`)
  return JSON.parse(JSON.stringify(operation)) as {
    operationId: string
    security: unknown
    parameters?: { in: string; name: string; required?: boolean }[]
    requestBody?: { content: Record<string, { schema: { additionalProperties?: boolean } }> }
    responses: Record<
      string,
      {
        headers?: object
        content?: Record<
          string,
          { schema: { allOf?: { properties: { code: { enum: string[] } } }[]; properties?: object } }
        >
      }
    >
  }
}
const codes = (
  path: string,
  method: 'get' | 'post' | 'patch' | 'delete',
  status: number,
): string[] | undefined =>
  at(path, method).responses[status]?.content?.['application/problem+json']?.schema.allOf?.[1]?.properties
    .code.enum

describe('toOpenApi', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator()
    const result = await validator.validate(JSON.parse(JSON.stringify(document)))
    expect(result).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('has every operation once, under its own id', () => {
    const ids = Object.values(document.paths ?? {}).flatMap((path) =>
      Object.values(path as Record<string, { operationId: string }>).map(({ operationId }) => operationId),
    )
    expect(ids.toSorted()).toEqual(operations.map(({ tag, name }) => `${tag}.${name}`).toSorted())
  })

  it('lists the statuses that can occur and no other', () => {
    expect(Object.keys(at('/time', 'get').responses)).toEqual(['200', '400', '500'])
    expect(Object.keys(at('/api/v1/notes/{id}', 'get').responses)).toEqual([
      '200',
      '304',
      '400',
      '401',
      '403',
      '404',
      '500',
    ])
    expect(Object.keys(at('/api/v1/notes/{id}', 'patch').responses)).toEqual([
      '200',
      '400',
      '401',
      '403',
      '409',
      '412',
      '413',
      '415',
      '422',
      '428',
      '500',
    ])
    expect(Object.keys(at('/limited', 'post').responses)).toContain('429')
  })

  it('names the codes of each status', () => {
    expect(codes('/api/v1/notes/{id}', 'get', 404)).toEqual(['note/not-found'])
    expect(codes('/api/v1/notes', 'post', 409)).toEqual(['http/idempotency-in-flight', 'note/title-taken'])
    expect(codes('/api/v1/notes/{id}', 'delete', 401)).toContain('http/assurance-required')
  })

  it('knows the standard errors as the catalogue has them', () => {
    const catalogue = new Map(Object.values(HttpErrors).map(({ code, status }) => [code as string, status]))
    for (const { endpoint } of operations) {
      for (const { code, status } of standardErrors(endpoint))
        expect([code, catalogue.get(code)]).toEqual([code, status])
    }
  })

  it('describes headers, security and bodies', () => {
    const update = at('/api/v1/notes/{id}', 'patch')
    expect(update.parameters?.find(({ name }) => name === 'If-Match')).toMatchObject({
      in: 'header',
      required: true,
    })
    expect(update.parameters?.map(({ name }) => name)).toContain('Idempotency-Key')
    expect(update.requestBody?.content['application/json']?.schema.additionalProperties).toBe(false)
    expect(at('/api/v1/notes', 'post').security).toEqual([{ bearer: ['note:write'] }, { session: [] }])
    expect(at('/time', 'get').security).toEqual([])
    expect(Object.keys(at('/api/v1/notes/stream', 'get').responses['200']?.content ?? {})).toEqual([
      'text/event-stream',
    ])
    expect(Object.keys(at('/oauth/token', 'post').requestBody?.content ?? {})).toEqual([
      'application/x-www-form-urlencoded',
    ])
    expect(at('/oauth/token', 'post').parameters).toEqual([])
    expect(at('/limited', 'post').responses['202']?.headers).toHaveProperty('RateLimit-Policy')
  })

  it('shows what travels, not what code sees', () => {
    expect(at('/time', 'get').responses['200']?.content?.['application/json']?.schema.properties).toEqual({
      at: { type: 'string', format: 'date-time' },
    })
  })
})
