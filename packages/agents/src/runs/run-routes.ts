import { alternative, implement, type Route } from '@corbel/core'
import { runContract } from './run-contract.ts'
import type { RunStreams } from './run-streams.ts'
import type { RunService } from './run-service.ts'

export const runRoutes = (runs: RunService, streams: RunStreams): readonly Route[] =>
  implement(runContract, {
    chat: ({ principal, body, request }) =>
      runs.chat(principal, body.conversationId ?? null, body, request.signal),
    stream: ({ principal, body, request }) =>
      streams.begin(principal, body.conversationId ?? null, body, request.signal),
    begin: ({ principal, params, query, body, request, client }) =>
      streams.begin(principal, params.id, body, request.signal, client, query),
    followConversation: async ({ principal, params, query, request }) =>
      (await streams.ofConversation(principal, params.id, request.signal, query)) ??
      alternative(204, undefined),
    get: ({ principal, params }) => runs.get(principal, params.id),
    follow: ({ principal, params, request }) =>
      streams.ofRun(principal, params.id, request.headers.get('last-event-id'), request.signal),
    cancel: ({ principal, params }) => runs.cancel(principal, params.id),
  })
