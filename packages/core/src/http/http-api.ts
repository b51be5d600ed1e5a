import type { IncomingRequest } from './http-request.ts'
import type { HttpResponse } from './response-writer.ts'

/** Answers every request, whatever brought it; never rejects. */
export type RequestHandler = (request: IncomingRequest) => Promise<HttpResponse>

/** An API without a transport. */
export interface HttpApi {
  readonly handle: RequestHandler
  /** Whether a route answers this method and target. Everything else is refused, with a 4xx. */
  readonly serves: (method: string, target: string) => boolean
}
