import * as z from 'zod'
import { anyone, monitor, operator, scope, user, webhook } from '../contract/access.ts'
import { defineContract } from '../contract/contract.ts'
import {
  accepted,
  content,
  created,
  empty,
  eventStream,
  form,
  json,
  ok,
  raw,
  redirect,
  type ServerSentEvent,
} from '../contract/media.ts'
import { defineErrors } from '../kernel/errors.ts'
import type { Id } from '../kernel/id.ts'
import { type ManualClock, manualClock } from '../kernel/manual-clock.ts'
import { pageOf, PageQuery, toPage, toPageRequest } from '../kernel/page.ts'
import { text } from '../kernel/text.ts'
import { memoryIdempotencyStore } from '../ports/idempotency-store.memory.ts'
import { memoryRateLimiter } from '../ports/rate-limiter.memory.ts'
import { createFetchHandler } from './fetch-handler.ts'
import type { Connection, FetchHandlerOptions } from './fetch-handler-options.ts'
import { HttpErrors } from './http-errors.ts'
import { type Handlers, implement } from './implement.ts'
import type { Principal, UserPrincipal } from './principal.ts'

export const NoteErrors = defineErrors('note', {
  notFound: { status: 404, title: 'There is no such note.', fix: 'List the notes and use one of their ids.' },
  titleTaken: { status: 409, title: 'Another note has this title.', fix: 'Choose another title.' },
})

export const Note = z.object({ id: z.string(), title: text({ max: 80 }), version: z.number().int() })
export const timestamp = z.codec(z.iso.datetime(), z.date(), {
  decode: (value) => new Date(value),
  encode: (value) => value.toISOString(),
})

export const notesContract = defineContract('note', '/api/v1/notes', {
  list: {
    method: 'GET',
    path: '',
    access: user(),
    summary: 'Lists notes',
    query: PageQuery,
    success: ok(pageOf(Note)),
  },
  create: {
    method: 'POST',
    path: '',
    access: scope('note:write'),
    summary: 'Creates a note',
    body: json(z.strictObject({ title: text({ max: 80 }), tags: z.array(z.string()).optional() })),
    success: created(Note),
    errors: [NoteErrors.titleTaken],
  },
  get: {
    method: 'GET',
    path: '/{id}',
    access: user(),
    summary: 'Reads a note',
    params: z.object({ id: z.string().max(40) }),
    success: ok(Note),
    versioned: true,
    errors: [NoteErrors.notFound],
  },
  update: {
    method: 'PATCH',
    path: '/{id}',
    access: user(),
    summary: 'Changes a note',
    params: z.object({ id: z.string().max(40) }),
    body: json(z.object({ title: text({ max: 80 }) })),
    success: ok(Note),
    versioned: true,
  },
  remove: {
    method: 'DELETE',
    path: '/{id}',
    access: user({ aal: 2, maxAge: '5m' }),
    summary: 'Removes a note',
    params: z.object({ id: z.string() }),
    success: empty(),
  },
  stream: {
    method: 'GET',
    path: '/stream',
    access: user(),
    summary: 'Follows notes',
    query: z.object({ after: z.string().optional() }),
    success: eventStream(z.object({ title: z.string() })),
  },
})

export const miscContract = defineContract('misc', '', {
  echo: {
    method: 'POST',
    path: '/echo',
    access: anyone,
    summary: 'Echoes JSON',
    body: json(z.unknown()),
    success: ok(z.unknown()),
  },
  limited: {
    method: 'POST',
    path: '/limited',
    access: anyone,
    summary: 'Limited',
    success: accepted(z.object({ ok: z.boolean() })),
    rateLimit: { name: 'limited', by: 'ip', limit: 2, window: '1m', setting: 'LIMITED' },
  },
  limitedUser: {
    method: 'GET',
    path: '/limited-user',
    access: user(),
    summary: 'Limited by user',
    success: empty(),
    rateLimit: { name: 'limited-user', by: 'user', limit: 1, window: '1m' },
  },
  token: {
    method: 'POST',
    path: '/oauth/token',
    access: anyone,
    summary: 'Takes a form',
    body: form(z.object({ grant_type: z.string() })),
    success: ok(z.object({ grant: z.string() })),
    idempotent: false,
  },
  hook: {
    method: 'POST',
    path: '/webhooks/x',
    access: webhook,
    summary: 'Takes bytes',
    body: raw('application/json'),
    success: ok(z.object({ bytes: z.number(), text: z.string() })),
  },
  secret: {
    method: 'GET',
    path: '/time',
    access: anyone,
    summary: 'A date',
    success: ok(z.object({ at: timestamp })),
  },
  keys: {
    method: 'GET',
    path: '/.well-known/keys',
    access: anyone,
    summary: 'Cached',
    success: ok(z.object({ keys: z.array(z.string()) })),
    cache: { maxAge: '5m' },
  },
  file: {
    method: 'GET',
    path: '/file',
    access: anyone,
    summary: 'Downloads',
    query: z.object({ name: z.string() }),
    success: content('text/plain; charset=utf-8'),
  },
  go: { method: 'GET', path: '/go', access: anyone, summary: 'Redirects', success: redirect() },
  metrics: {
    method: 'GET',
    path: '/metrics',
    access: monitor,
    summary: 'Metrics',
    success: content('text/plain'),
  },
  admin: { method: 'GET', path: '/admin', access: operator(), summary: 'Operators only', success: empty() },
  crash: {
    method: 'POST',
    path: '/crash',
    access: anyone,
    summary: 'Throws',
    body: json(z.object({ how: z.string() })),
    success: empty(),
  },
})

const person: UserPrincipal = {
  kind: 'user',
  subject: 'usr_1',
  userId: 'usr_1' as Id<'usr'>,
  tenantId: 'ten_1' as Id<'ten'>,
  sessionId: 'ses_1' as Id<'ses'>,
  role: 'owner',
  scopes: new Set(['note:write']),
  operator: false,
  emailVerified: true,
  aal: 1,
  amr: ['pwd'],
  authenticatedAt: new Date('2026-01-01T00:00:00Z'),
}

const another = (id: Id<'usr'>): UserPrincipal => ({ ...person, subject: id, userId: id })

/** Bearer token -> principal. */
export const principals: Record<string, Principal> = {
  owner: person,
  other: { ...another('usr_2'), tenantId: 'ten_2' },
  viewer: { ...another('usr_3'), scopes: new Set() },
  unverified: { ...another('usr_4'), emailVerified: false },
  strong: { ...another('usr_5'), aal: 2 },
  operator: { ...another('usr_6'), operator: true },
  machine: {
    kind: 'service',
    subject: 'svc_1',
    tenantId: 'ten_1',
    credentialId: 'act_1',
    scopes: new Set(['note:write']),
  },
  idleMachine: {
    kind: 'service',
    subject: 'svc_2',
    tenantId: 'ten_1',
    credentialId: 'key_1',
    scopes: new Set(),
  },
}

export interface ExampleApi {
  readonly clock: ManualClock
  /** Titles of the notes created, in order. */
  readonly notes: string[]
  readonly defects: unknown[]
  events: () => AsyncIterable<ServerSentEvent<{ title: string }>>
  send(method: string, path: string, options?: SendOptions): Promise<Response>
  readonly fetch: ReturnType<typeof createFetchHandler>
}

export interface SendOptions {
  readonly as?: string
  readonly headers?: Record<string, string>
  readonly json?: unknown
  readonly body?: NonNullable<RequestInit['body']>
  readonly connection?: Connection
  readonly signal?: AbortSignal
}

/** A small API with one endpoint of every kind, in memory. */
export function exampleApi(options: Partial<FetchHandlerOptions> = {}): ExampleApi {
  const clock = manualClock(new Date('2026-01-01T00:00:00Z'))
  const notes: string[] = []
  const defects: unknown[] = []

  const noteHandlers: Handlers<typeof notesContract.endpoints> = {
    list: async ({ query }) => {
      const { limit, after } = toPageRequest(query)
      const rows = notes.map((title, i) => ({ id: `n${i}`, title, version: 1 }))
      return toPage(rows.slice(after === null ? 0 : Number(after.slice(1)) + 1), limit, (row) => row.id)
    },
    create: async ({ body }) => {
      if (notes.includes(body.title)) throw NoteErrors.titleTaken()
      notes.push(body.title)
      return { id: `n${notes.length - 1}`, title: body.title, version: 1, secret: 'never shown' }
    },
    get: async ({ params }) => {
      const title = notes[Number(params.id.slice(1))]
      if (title === undefined) throw NoteErrors.notFound()
      return { id: params.id, title, version: 7 }
    },
    update: async ({ params, body, version }) => {
      if (version !== 7) throw HttpErrors.preconditionFailed()
      return { id: params.id, title: body.title, version: 8 }
    },
    remove: async () => {},
    stream: async () => api.events(),
  }
  const miscHandlers: Handlers<typeof miscContract.endpoints> = {
    echo: async ({ body }) => body,
    limited: async () => ({ ok: true }),
    limitedUser: async () => {},
    token: async ({ body }) => ({ grant: body.grant_type }),
    hook: async ({ body }) => ({ bytes: body.length, text: new TextDecoder().decode(body) }),
    secret: async () => ({ at: clock.now() }),
    keys: async () => ({ keys: ['a'] }),
    file: async ({ query }) => ({ body: 'content', fileName: query.name }),
    go: async () => new URL('https://app.example.com/a?b=c'),
    metrics: async () => ({ body: 'up 1' }),
    admin: async () => {},
    crash: async () => {
      throw new Error('the database password is hunter2')
    },
  }
  const fetch = createFetchHandler({
    routes: [...implement(notesContract, noteHandlers), ...implement(miscContract, miscHandlers)],
    authenticate: async (credential) => {
      const found = principals[credential]
      if (!found) throw HttpErrors.invalidToken()
      return found
    },
    clock,
    rateLimiter: memoryRateLimiter({ clock }),
    idempotency: memoryIdempotencyStore({ clock }),
    publicUrl: 'https://api.example.com',
    onDefect: (error) => defects.push(error),
    ...options,
  })
  const api: ExampleApi = {
    clock,
    notes,
    defects,
    fetch,
    events: async function* () {
      yield { id: '1', data: { title: 'first' } }
    },
    send: (method, path, { as, headers = {}, json: value, body, connection, signal } = {}) => {
      const sent = value === undefined ? body : JSON.stringify(value)
      const init = {
        method,
        headers: {
          ...(as && { authorization: `Bearer ${as}` }),
          ...(value !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(sent !== undefined && { body: sent, duplex: 'half' as const }),
        ...(signal && { signal }),
      }
      return fetch(new Request(`https://api.example.com${path}`, init), connection)
    },
  }
  return api
}
