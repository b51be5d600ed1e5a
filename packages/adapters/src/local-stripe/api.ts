import { createHash } from 'node:crypto'
import { ApiError } from './api-error.ts'
import { Params, parseForm } from './form.ts'
import { routeOf } from './routes.ts'
import { snapshotOf, type World } from './world.ts'

export interface ApiRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly authorization: string | null
  readonly idempotencyKey: string | null
  readonly body: string
}

export interface ApiAnswer {
  readonly status: number
  readonly body: string
  readonly isReplayed: boolean
}

const rememberSeconds = 86_400

/** Answers one request of the API. Whatever fails has changed nothing; a key that was used answers what it answered. */
export function answer(world: World, request: ApiRequest): ApiAnswer {
  const [path = '', query = ''] = request.path.split('?')
  const { idempotencyKey: key } = request
  if (request.authorization?.startsWith('Bearer sk_') !== true) return failure(unauthorized)
  const hash = createHash('sha256').update(`${request.method} ${request.path}\n${request.body}`).digest('hex')
  const known = key === null ? undefined : world.state.answers[key]
  if (known !== undefined && world.realNow() - known.at < rememberSeconds)
    return known.hash === hash
      ? { status: known.status, body: known.body, isReplayed: true }
      : failure(keyReused)
  const before = snapshotOf(world.state)
  world.requestKey = key
  let result: Omit<ApiAnswer, 'isReplayed'>
  try {
    const route = routeOf(request.method, path.replace(/^\/v1\//, ''))
    if (route === null) throw unknownPath(request.method, path)
    const params = new Params(parseForm(request.method === 'POST' ? request.body : query))
    result = { status: 200, body: JSON.stringify(route.handle(world, params, route.id)) }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    world.state = before
    result = failure(error)
  } finally {
    world.requestKey = null
  }
  if (key !== null) world.state.answers[key] = { ...result, hash, at: world.realNow() }
  return { ...result, isReplayed: false }
}

const failure = ({ status, body }: ApiError): ApiAnswer => ({
  status,
  body: JSON.stringify({ error: body }),
  isReplayed: false,
})

const unknownPath = (method: string, path: string) =>
  new ApiError(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}).`,
  })

const unauthorized = new ApiError(401, {
  type: 'invalid_request_error',
  message: 'You did not provide an API key.',
})

const keyReused = new ApiError(400, {
  type: 'idempotency_error',
  message:
    'Keys for idempotent requests can only be used with the same parameters they were first used with.',
})
