import { setTimeout as delay } from 'node:timers/promises'
import { ServiceError } from './service-error.ts'

export interface ServiceCall {
  readonly service: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; `URLSearchParams` as a form. */
  readonly body?: object
  /** Statuses that are answers and not failures, besides those of success. */
  readonly accept?: readonly number[]
  /** @default 10000 */
  readonly timeoutMs?: number
}

export interface ServiceAnswer {
  readonly status: number
  /** An empty object when the answer is no JSON. */
  readonly body: Readonly<Record<string, unknown>>
}

const attempts = 4
// Longer than an operator waits without being told.
const longestWait = 10

/**
 * Sends one request, and again when the service was asked too often: after the time that it names, up to 10 seconds each.
 *
 * @throws ServiceError
 */
export async function callService(call: ServiceCall): Promise<ServiceAnswer> {
  const { service, method, url, accept = [] } = call
  const request = `${method} ${url.pathname}`
  for (let attempt = 1; ; attempt++) {
    const { status, body, retryAfter } = await send(call, request)
    if ((status >= 200 && status < 300) || accept.includes(status)) return { status, body }
    // What answers 503 may have begun to write.
    const again = status === 429 || (status === 503 && method === 'GET')
    const wait = retryAfter ?? 2 ** attempt / 4
    if (!again || attempt === attempts || wait > longestWait) {
      const reason = codeIn(body)
      throw new ServiceError({
        service,
        request,
        status,
        ...(reason !== undefined && { reason }),
        ...(retryAfter !== undefined && { retryAfter }),
      })
    }
    await delay(wait * 1000)
  }
}

interface Sent extends ServiceAnswer {
  readonly retryAfter: number | undefined
}

async function send(
  { service, method, url, headers, body, timeoutMs = 10_000 }: ServiceCall,
  request: string,
): Promise<Sent> {
  try {
    const form = body instanceof URLSearchParams
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...(body && !form && { 'content-type': 'application/json' }) },
      ...(body && { body: form ? body : JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.text()
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    return {
      status: response.status,
      body: parsed(text),
      retryAfter: Number.isInteger(seconds) && seconds >= 0 ? seconds : undefined,
    }
  } catch (cause) {
    throw new ServiceError({ service, request, status: null }, { cause })
  }
}

function parsed(text: string): ServiceAnswer['body'] {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as ServiceAnswer['body']) : {}
  } catch {
    return {}
  }
}

/** The code where Azure, Google, OAuth 2.0 and Infisical have it; never their text, which may repeat what was sent. */
function codeIn({ error }: ServiceAnswer['body']): string | undefined {
  const { code, status } = (typeof error === 'object' && error !== null ? error : {}) as Readonly<
    Record<string, unknown>
  >
  return [status, code, error].find(
    (each): each is string => typeof each === 'string' && /^\w{1,60}$/.test(each),
  )
}
