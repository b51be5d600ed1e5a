import { agents, type AgentsOptions } from '@corbel/agents'
import { auth, type Tokens } from '@corbel/auth'
import { createStack, fromEnv, type Id } from '@corbel/core'
import {
  type EventStream,
  type KeyVault,
  localKeyVault,
  type ManualClock,
  manualClock,
  memoryEventStream,
  memoryKeyStore,
  memoryMailer,
  type Logger,
  type ObjectStore,
  silentLogger,
  type Tracer,
} from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { password, peppers } from '../auth/support.fixture.ts'
import { type Backend, openStorage, type OpenStorage } from '../storages.ts'

export interface Person {
  readonly name: string
  readonly token: string
  readonly tenantId: Id<'ten'>
  readonly userId: Id<'usr'>
}

export interface Answer<T> {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: T
}

const origin = 'http://127.0.0.1:3000'

/** What the processes of a stack have in common, besides the storage. */
interface Shared {
  readonly clock: ManualClock
  readonly keyVault: KeyVault
  readonly eventStream: EventStream
}

/** What a test listens to, or brings itself. */
export interface AgentsPorts {
  readonly objectStore?: ObjectStore
  readonly logger?: Logger
  readonly tracer?: Tracer
}

const makeStack = (
  { storage }: OpenStorage,
  { clock, keyVault, eventStream }: Shared,
  settings: Readonly<Record<string, string>>,
  options: AgentsOptions,
  ports: AgentsPorts,
) =>
  createStack({
    modules: [tenant(), auth({ passwords: cheapHasher }), agents(options)],
    storage,
    logger: silentLogger,
    ...ports,
    mailer: memoryMailer(),
    clock,
    keyVault,
    eventStream,
    settings: fromEnv({ ...peppers, ...settings }),
  })

/** A stack that has agents, over a real storage, and people who call it. */
export async function agentsApp(
  backend: Backend,
  settings: Readonly<Record<string, string>> = {},
  options: AgentsOptions = {},
  ports: AgentsPorts = {},
) {
  const clock = manualClock()
  const opened = await openStorage(backend, { clock })
  const keyVault = localKeyVault({ store: memoryKeyStore(), clock })
  const shared = { clock, keyVault, eventStream: memoryEventStream({ clock }) }
  const stack = makeStack(opened, shared, settings, options, ports)

  async function send<T>(
    method: string,
    path: string,
    token: string | null,
    body?: unknown,
  ): Promise<Answer<T>> {
    const request = new Request(`${origin}${path}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const response = await stack.fetch(request, { remoteAddress: '192.0.2.1' })
    const text = await response.text()
    const isJson = /[/+]json$/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (isJson ? JSON.parse(text) : undefined) as T,
    }
  }

  async function signIn(email: string, tenantId?: string): Promise<Person> {
    const credentials = { email, password, ...(tenantId !== undefined && { tenantId }) }
    const { body } = await send<Tokens>('POST', '/api/v1/auth/token', null, credentials)
    const me = await send<Person>('GET', '/api/v1/auth/me', body.accessToken)
    return { ...me.body, name: email.replace('@example.com', ''), token: body.accessToken }
  }

  return {
    opened,
    stack,
    clock,
    keyVault,
    send,
    /** With a new session. */
    again: ({ name }: Person) => signIn(`${name}@example.com`),
    /** Another process over the same storage. */
    replica: () => makeStack(opened, shared, settings, options, ports),
    close: () => opened.close(),
    /** Somebody with a tenant of their own. */
    async person(name: string): Promise<Person> {
      const email = `${name}@example.com`
      await send('POST', '/api/v1/auth/register', null, {
        email,
        password,
        tenantName: name,
        acceptTerms: true,
      })
      return signIn(email)
    },
    /** Somebody else in the tenant. */
    async colleague(
      { tenantId }: Person,
      name: string,
      role: 'viewer' | 'member' = 'member',
    ): Promise<Person> {
      const email = `${name}@example.com`
      await send('POST', '/api/v1/auth/register', null, {
        email,
        password,
        tenantName: name,
        acceptTerms: true,
      })
      const { userId } = await signIn(email)
      const { memberships } = opened.storage.repositories.tenant
      await memberships.insert({ tenantId, userId, role, createdAt: clock.now().toISOString() })
      return signIn(email, tenantId)
    },
  }
}

export type AgentsApp = Awaited<ReturnType<typeof agentsApp>>
