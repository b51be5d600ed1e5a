import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { memoryStorage } from '@corbel/adapters/memory'
import { auth, type Tokens } from '@corbel/auth'
import type { PasswordHasher } from '@corbel/auth/ports'
import { createStack, fromEnv } from '@corbel/core'
import { tenant } from '@corbel/core/tenant'

// What `npm run pack:check` compiles and runs against the packed tarballs, outside the workspace and with no vendor installed.

const derive = (password: string, salt: string): Buffer => scryptSync(password, salt, 32)

/** A user's own adapter: only the published types are needed to write one. */
const passwords: PasswordHasher = {
  hash: async (password) => {
    const salt = randomBytes(16).toString('hex')
    return `$scrypt$${salt}$${derive(password, salt).toString('hex')}`
  },
  verify: async (password, phc) => {
    const [, algorithm, salt, hash] = phc.split('$')
    if (algorithm !== 'scrypt' || salt === undefined || hash === undefined) return false
    return timingSafeEqual(derive(password, salt), Buffer.from(hash, 'hex'))
  },
  needsRehash: () => false,
}

const secret = (): string => randomBytes(32).toString('base64')

const stack = createStack({
  modules: [tenant(), auth({ passwords })],
  storage: memoryStorage(),
  settings: fromEnv({
    CORBEL_PROFILE: 'local',
    AUTH_PASSWORD_PEPPER: secret(),
    AUTH_REFRESH_TOKEN_PEPPER: secret(),
    AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER: secret(),
    AUTH_PASSWORD_RESET_TOKEN_PEPPER: secret(),
    TENANT_INVITATION_PEPPER: secret(),
  }),
})
await stack.start()

async function call(
  method: string,
  path: string,
  expected: number,
  body?: object,
  token?: string,
): Promise<unknown> {
  const response = await stack.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    }),
  )
  const text = await response.text()
  if (response.status !== expected) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

const account = { email: 'ada@example.com', password: 'correct horse battery staple' }
await call('POST', '/api/v1/auth/register', 201, {
  ...account,
  tenantName: 'Analytical Engines',
  acceptTerms: true,
})
const tokens = (await call('POST', '/api/v1/auth/token', 200, account)) as Tokens
const me = (await call('GET', '/api/v1/auth/me', 200, undefined, tokens.accessToken)) as {
  readonly email: string
}
if (me.email !== account.email) throw new Error(`me is ${me.email}`)
await call('GET', '/api/v1/auth/me', 401)
const document = (await call('GET', '/openapi.json', 200)) as { readonly openapi: string }
await stack.stop()
console.log(`signed up, signed in and read OpenAPI ${document.openapi} from the packed packages`)
