/** An answer of Stripe's that is not 200. */
export class ApiError extends Error {
  readonly status: number
  readonly body: {
    readonly type: string
    readonly message: string
    readonly code?: string
    readonly param?: string
    readonly decline_code?: string
  }

  constructor(status: number, body: ApiError['body']) {
    super(body.message)
    this.status = status
    this.body = body
  }
}

const invalidRequest = (status: number, message: string, more: { code?: string; param?: string } = {}) =>
  new ApiError(status, { type: 'invalid_request_error', message, ...more })

export const refused = (message: string, param?: string, code?: string): ApiError =>
  invalidRequest(400, message, { ...(param !== undefined && { param }), ...(code !== undefined && { code }) })

/** Of an id in the address 404, of one in a parameter 400. */
export const missing = (kind: string, id: string, param?: string): ApiError =>
  invalidRequest(param === undefined || param === 'id' ? 404 : 400, `No such ${kind}: '${id}'`, {
    code: 'resource_missing',
    param: param ?? 'id',
  })

export const declined = (): ApiError =>
  new ApiError(402, {
    type: 'card_error',
    message: 'Your card was declined.',
    code: 'card_declined',
    decline_code: 'generic_decline',
  })
