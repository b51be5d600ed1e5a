import { alternative, implement, type Route } from '@corbel/core'
import { runContract } from './run-contract.ts'
import type { RunStreams } from './run-streams.ts'
import type { RunService } from './run-service.ts'

export const runRoutes = (runs: RunService, streams: RunStreams): readonly Route[] =>
  implement(runContract, {
    chat: ({ principal, body, request: { signal, traceparent } }) =>
      runs.chat(principal, body.conversationId ?? null, body, signal, traceparent),
    stream: ({ principal, body, client, request: { signal, traceparent } }) =>
      streams.begin(principal, body.conversationId ?? null, body, signal, client, {}, traceparent),
    begin: ({ principal, params, query, body, client, request: { signal, traceparent } }) =>
      streams.begin(principal, params.id, body, signal, client, query, traceparent),
    followConversation: async ({ principal, params, query, request }) =>
      (await streams.ofConversation(principal, params.id, request.signal, query)) ??
      alternative(204, undefined),
    get: ({ principal, params }) => runs.get(principal, params.id),
    follow: ({ principal, params, request }) =>
      streams.ofRun(principal, params.id, request.headers.get('last-event-id'), request.signal),
    cancel: ({ principal, params }) => runs.cancel(principal, params.id),
  })
