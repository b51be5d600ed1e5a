import { agents } from '@corbel/agents'
import { memoryStorage } from '@corbel/adapters/memory'
import { auth, AuthEvents, type DeclaredAccounts, type Tokens } from '@corbel/auth'
import type { BreachCheck, DomainVerifier, IdentityProvider, PasswordHasher } from '@corbel/auth/ports'
import { createStack, defineModule, definePermissions, fromEnv } from '@corbel/core'
import {
  type Fetcher,
  type ManualClock,
  manualClock,
  type MemoryMailer,
  memoryMailer,
  type RateLimiter,
  type RecordedEvent,
  type RecordingLogger,
  recordingLogger,
} from '@corbel/core/ports'
import { tenant, TenantEvents } from '@corbel/core/tenant'
import { cheapHasher } from './cheap-hasher.fixture.ts'
import { type TestVault, testVault } from './test-vault.fixture.ts'

export const password = 'correct horse battery staple'
export const publicUrl = 'https://app.example.com'

/** Different in every run, so that a test cannot know them by heart. */
export const peppers = {
  AUTH_PASSWORD_PEPPER: crypto.randomUUID(),
  AUTH_REFRESH_TOKEN_PEPPER: crypto.randomUUID(),
  AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER: crypto.randomUUID(),
  AUTH_PASSWORD_RESET_TOKEN_PEPPER: crypto.randomUUID(),
  TENANT_INVITATION_PEPPER: crypto.randomUUID(),
  STATUS_SUBSCRIPTION_PEPPER: crypto.randomUUID(),
}

type TestStorage = ReturnType<typeof memoryStorage>

export interface TestOptions {
  readonly clock?: ManualClock
  readonly storage?: TestStorage
  readonly settings?: Readonly<Record<string, string>>
  readonly vault?: TestVault
  readonly rateLimiter?: RateLimiter
  readonly fetcher?: Fetcher
  readonly breachCheck?: BreachCheck
  readonly identityProvider?: IdentityProvider
  readonly domainVerifier?: DomainVerifier
  readonly serviceAccounts?: DeclaredAccounts
  /** Of one more permission, which owners have. */
  readonly scope?: `${string}:${string}`
  /** Wraps the hasher. */
  readonly hasher?: (hasher: PasswordHasher) => PasswordHasher
}

export interface Answer<T = unknown> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

export interface CallOptions {
  readonly body?: unknown
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly ip?: string
}

export interface Registered {
  readonly user: { readonly id: string; readonly email: string }
  readonly tenant: { readonly id: string; readonly slug: string }
}

/** Hears every event that is delivered. */
function witness(heard: Map<string, RecordedEvent>, scope: TestOptions['scope']) {
  const handle = async (event: RecordedEvent): Promise<void> => void heard.set(event.id, event)
  return defineModule({
    name: 'witness',
    services: () => ({}),
    ...(scope !== undefined && {
      catalogs: {
        permissions: definePermissions({ witness: { scope, summary: 'See it all', from: 'owner' } }),
      },
    }),
    handlers: () =>
      [...Object.values(AuthEvents), ...Object.values(TenantEvents)].map(({ type }) => ({ type, handle })),
  })
}

const makeStack = (
  { storage, clock, vault, mailer, logger }: TestApp,
  heard: Map<string, RecordedEvent>,
  {
    settings,
    rateLimiter,
    fetcher,
    breachCheck,
    identityProvider,
    domainVerifier,
    serviceAccounts = {},
    scope,
    hasher = (plain) => plain,
  }: TestOptions,
) =>
  createStack({
    modules: [
      witness(heard, scope),
      tenant(),
      auth({
        passwords: hasher(cheapHasher),
        ...(breachCheck && { breachCheck }),
        ...(identityProvider && { identityProvider }),
        ...(domainVerifier && { domainVerifier }),
        serviceAccounts,
        plans: { find: (code) => (code === 'starter' ? { code } : null) },
      }),
      agents(),
    ],
    storage: { ...storage, repositories: { ...storage.repositories, witness: undefined } } as never,
    keyVault: vault,
    mailer,
    logger,
    clock,
    ...(rateLimiter && { rateLimiter }),
    ...(fetcher && { fetcher }),
    settings: fromEnv({ APP_PUBLIC_URL: publicUrl, ...peppers, ...settings }),
  })

/** A stack with a clock that stands still, and a client for it. */
export class TestApp {
  readonly clock: ManualClock
  readonly vault: TestVault
  readonly storage: TestStorage
  readonly mailer: MemoryMailer = memoryMailer()
  readonly logger: RecordingLogger = recordingLogger()
  readonly stack: ReturnType<typeof makeStack>
  readonly #heard = new Map<string, RecordedEvent>()

  constructor(vault: TestVault, storage: TestStorage, clock: ManualClock, options: TestOptions) {
    this.vault = vault
    this.storage = storage
    this.clock = clock
    this.stack = makeStack(this, this.#heard, options)
  }

  async call<T = unknown>(method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> {
    const { body, token, headers = {}, ip = '192.0.2.1' } = options
    const request = new Request(`${publicUrl}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const response = await this.stack.fetch(request, { remoteAddress: ip })
    const text = await response.text()
    const parsed: unknown = text === '' ? undefined : JSON.parse(text)
    return { status: response.status, headers: response.headers, body: parsed as T }
  }

  register(email: string, more: Readonly<Record<string, unknown>> = {}): Promise<Answer<Registered>> {
    const body = { email, password, tenantName: 'Acme', acceptTerms: true, ...more }
    return this.call('POST', '/api/v1/auth/register', { body })
  }

  signIn(email: string, more: Readonly<Record<string, unknown>> = {}): Promise<Answer<Tokens>> {
    return this.call('POST', '/api/v1/auth/token', { body: { email, password, ...more } })
  }

  refresh(refreshToken: string): Promise<Answer<Tokens>> {
    return this.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })
  }

  me(token: string): Promise<Answer<{ code?: string }>> {
    return this.call('GET', '/api/v1/auth/me', { token })
  }

  /** Registers and signs in. */
  async member(email = 'ada@example.com'): Promise<Tokens> {
    await this.register(email)
    const { status, body } = await this.signIn(email)
    if (status !== 200) throw new Error(`signing in answered ${status}: ${JSON.stringify(body)}`)
    return body
  }

  /** Every event so far, after all of them were delivered. */
  async events(): Promise<readonly RecordedEvent[]> {
    while ((await this.stack.deliverEvents()) > 0);
    return [...this.#heard.values()]
  }
}

export async function testApp(options: TestOptions = {}): Promise<TestApp> {
  const clock = options.clock ?? manualClock()
  const storage = options.storage ?? memoryStorage({ clock })
  return new TestApp(options.vault ?? (await testVault()), storage, clock, options)
}
