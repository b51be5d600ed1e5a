import { memoryStorage } from '@corbel/adapters/memory'
import { auth, type Tokens } from '@corbel/auth'
import { createStack, fromEnv } from '@corbel/core'
import {
  type Fetcher,
  type ManualClock,
  manualClock,
  memoryMailer,
  memoryNotifier,
  type RateLimiter,
  recordingLogger,
} from '@corbel/core/ports'
import { status } from '@corbel/core/status'
import { tenant } from '@corbel/core/tenant'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { type Answer, type CallOptions, password, peppers, publicUrl } from '../auth/support.fixture.ts'
import type { OpenStorage } from '../storages.ts'

export interface StatusAppOptions {
  readonly clock?: ManualClock
  readonly storage?: OpenStorage['storage']
  readonly fetcher?: Fetcher
  readonly rateLimiter?: RateLimiter
  readonly settings?: Readonly<Record<string, string>>
}

/** A stack with a status page, a clock that stands still, and an operator who is signed in. */
export async function statusApp(options: StatusAppOptions = {}) {
  const {
    clock = manualClock(),
    storage = memoryStorage({ clock }),
    fetcher,
    rateLimiter,
    settings = {},
  } = options
  const [mailer, notifier, logger] = [memoryMailer(), memoryNotifier(), recordingLogger()]
  const stack = createStack({
    modules: [tenant(), auth({ passwords: cheapHasher }), status()],
    storage,
    mailer,
    notifier,
    logger,
    clock,
    ...(fetcher && { fetcher }),
    ...(rateLimiter && { rateLimiter }),
    settings: fromEnv({ APP_PUBLIC_URL: publicUrl, APP_NAME: 'Acme', ...peppers, ...settings }),
  })

  const fetch = (
    method: string,
    path: string,
    { body, token, headers = {}, ip = '192.0.2.1' }: CallOptions = {},
  ) =>
    stack.fetch(
      new Request(`${publicUrl}${path}`, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
      { remoteAddress: ip },
    )

  async function call<T = unknown>(method: string, path: string, more: CallOptions = {}): Promise<Answer<T>> {
    const response = await fetch(method, path, more)
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
    }
  }

  const signIn = async (email: string): Promise<Tokens> =>
    (await call<Tokens>('POST', '/api/v1/auth/token', { body: { email, password } })).body
  await stack.auth.users.createOperator({ email: 'olga@example.com', password })
  const operator = await signIn('olga@example.com')
  /** As the operator, under `/api/v1/status`. */
  const manage = <T = Readonly<Record<string, never>>>(method: string, path: string, body?: object) =>
    call<T>(method, `/api/v1/status${path}`, {
      token: operator.accessToken,
      ...(body !== undefined && { body }),
    })
  const events = async (): Promise<void> => {
    while ((await stack.deliverEvents()) > 0);
  }
  return { stack, clock, storage, mailer, notifier, logger, fetch, call, signIn, operator, manage, events }
}
