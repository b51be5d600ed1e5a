/** One request of a client, as a process is told to answer it. */
export interface Step {
  readonly request: {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string | null
  }
  /** Whether the process also delivers the events that came of it. */
  readonly delivers: boolean
}

export interface Answer {
  readonly status: number
  readonly etag: string | null
  readonly body: Readonly<Record<string, unknown>>
}

export type Send = (request: Step['request']) => Promise<Answer>

/** What one client does in this lab. */
export interface Attempt {
  readonly step: Step
  /** What its retry may be answered with: the second status is that of a request that had taken effect after all. */
  readonly accepts: readonly number[]
  /** Whether in the end everything is as the client wanted it. */
  isDone(): Promise<boolean>
}

export interface World {
  readonly send: Send
  /** Delivers every event that waits. */
  deliver(): Promise<void>
  /** Codes of the mails to an address, each once however often it was sent. */
  codes(email: string): readonly string[]
}

const password = 'a password of some length'

function request(method: string, path: string, body: object | null, more: object = {}): Step['request'] {
  const headers = { ...(body && { 'content-type': 'application/json' }), ...more }
  return { method, path: `/api/v1/${path}`, headers, body: body && JSON.stringify(body) }
}

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` })

const registrationOf = (email: string) =>
  request('POST', 'auth/register', { email, password, tenantName: `Tenant of ${email}`, acceptTerms: true })
const signInOf = (email: string) => request('POST', 'auth/token', { email, password })
const refreshOf = (refreshToken: unknown) => request('POST', 'auth/refresh', { refreshToken })

async function signIn({ send }: World, email: string): Promise<Answer['body']> {
  const { status, body } = await send(signInOf(email))
  if (status !== 200) throw new Error(`${email} cannot sign in: ${status} ${JSON.stringify(body)}`)
  return body
}

async function member(world: World, email: string): Promise<Answer['body']> {
  await world.send(registrationOf(email))
  return signIn(world, email)
}

const read = async ({ send }: World, token: unknown, path: string): Promise<Answer> =>
  send(request('GET', path, null, bearer(token)))

const lives = async ({ send }: World, refreshToken: unknown): Promise<boolean> =>
  (await send(refreshOf(refreshToken))).status === 200

/** Each prepares a client of its own and returns what that client is going to do. */
export const flows: Readonly<Record<string, (world: World, email: string) => Promise<Attempt>>> = {
  registration: async (world, email) => ({
    step: { request: registrationOf(email), delivers: true },
    accepts: [201],
    async isDone() {
      const { accessToken } = await signIn(world, email)
      const account = await read(world, accessToken, 'tenants/account')
      return account.body['name'] === `Tenant of ${email}` && world.codes(email).length === 1
    },
  }),

  async 'registration of a taken address'(world, email) {
    await world.send(registrationOf(email))
    return {
      step: { request: registrationOf(email), delivers: true },
      accepts: [201],
      isDone: async () => (await signIn(world, email))['accessToken'] !== undefined,
    }
  },

  async 'sign-in'(world, email) {
    await world.send(registrationOf(email))
    return {
      step: { request: signInOf(email), delivers: false },
      accepts: [200],
      isDone: async () => lives(world, (await signIn(world, email))['refreshToken']),
    }
  },

  async refresh(world, email) {
    const { refreshToken } = await member(world, email)
    return {
      step: { request: refreshOf(refreshToken), delivers: false },
      accepts: [200],
      // Within the 10 s of grace the token still gets the one successor, whoever asks.
      async isDone() {
        const { body } = await world.send(refreshOf(refreshToken))
        return lives(world, body['refreshToken'])
      },
    }
  },

  async 'verification mail'(world, email) {
    const { accessToken } = await member(world, email)
    return {
      step: { request: request('POST', 'auth/email/send', null, bearer(accessToken)), delivers: true },
      accepts: [202],
      // At least that of the registration and one more.
      isDone: async () => world.codes(email).length >= 2,
    }
  },

  async 'e-mail verification'(world, email) {
    const { accessToken } = await member(world, email)
    await world.deliver()
    const token = world.codes(email).at(-1)
    return {
      step: { request: request('POST', 'auth/email/verify', { token }), delivers: true },
      accepts: [204, 400],
      isDone: async () => (await read(world, accessToken, 'auth/me')).body['emailVerified'] === true,
    }
  },

  async 'rename tenant'(world, email) {
    const { accessToken } = await member(world, email)
    const name = `Renamed by ${email}`
    return {
      step: {
        request: request('PATCH', 'tenants/account', { name }, bearer(accessToken)),
        delivers: true,
      },
      accepts: [200],
      isDone: async () => (await read(world, accessToken, 'tenants/account')).body['name'] === name,
    }
  },

  async 'rename tenant under a key'(world, email) {
    const { accessToken } = await member(world, email)
    const name = `Renamed by ${email}`
    const headers = { ...bearer(accessToken), 'idempotency-key': 'the-same-key' }
    return {
      step: { request: request('PATCH', 'tenants/account', { name }, headers), delivers: false },
      accepts: [200],
      isDone: async () => (await read(world, accessToken, 'tenants/account')).body['name'] === name,
    }
  },

  async 'replace settings'(world, email) {
    const { accessToken } = await member(world, email)
    const { etag } = await read(world, accessToken, 'tenants/settings')
    const values = { billingContacts: [], flags: { crashed: true } }
    return {
      step: {
        request: request('PUT', 'tenants/settings', values, {
          ...bearer(accessToken),
          'if-match': etag ?? '',
        }),
        delivers: false,
      },
      accepts: [200, 412],
      async isDone() {
        const { body } = await read(world, accessToken, 'tenants/settings')
        return body['version'] === 2 && JSON.stringify(body['flags']) === '{"crashed":true}'
      },
    }
  },

  async 'sign-out'(world, email) {
    const { refreshToken } = await member(world, email)
    return {
      step: { request: request('POST', 'auth/logout', { refreshToken }), delivers: false },
      accepts: [204],
      isDone: async () => !(await lives(world, refreshToken)),
    }
  },

  async 'sign-out everywhere'(world, email) {
    const [first, second] = [await member(world, email), await signIn(world, email)]
    return {
      step: {
        request: request('POST', 'auth/logout/all', null, bearer(first['accessToken'])),
        delivers: false,
      },
      accepts: [200, 401],
      isDone: async () =>
        !(await lives(world, first['refreshToken'])) && !(await lives(world, second['refreshToken'])),
    }
  },
}
