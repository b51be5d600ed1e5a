import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { argon2PasswordHasher } from '@corbel/adapters/argon2'
import { memoryStorage } from '@corbel/adapters/memory'
import { auth } from '@corbel/auth'
import { createStack, fromEnv } from '@corbel/core'
import { memoryMailer, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'

// Memory forgets everything at the end of the process, so its secrets may be forgotten too.
const secret = () => randomBytes(32).toString('base64url')

// No server, no `start`: services are plain objects, and this script delivers the events itself.
const mailer = memoryMailer()
const stack = createStack({
  modules: [tenant(), auth({ passwords: argon2PasswordHasher() })],
  storage: memoryStorage(),
  mailer,
  logger: silentLogger,
  settings: fromEnv(undefined, {
    AUTH_PASSWORD_PEPPER: secret(),
    AUTH_REFRESH_TOKEN_PEPPER: secret(),
    AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER: secret(),
    AUTH_PASSWORD_RESET_TOKEN_PEPPER: secret(),
    TENANT_INVITATION_PEPPER: secret(),
  }),
})

const { user, tenant: account } = await stack.auth.signUps.register({
  email: 'ada@example.com',
  password: 'a password of some length',
  tenantName: 'Analytical Engines',
  acceptTerms: true,
})

const members = await stack.tenant.memberships.list(account.id, { limit: 50 })
assert.deepEqual(
  members.data.map(({ userId, role }) => ({ userId, role })),
  [{ userId: user.id, role: 'owner' }],
)

// The mail is an effect of an event, and the event was recorded with the account.
assert.equal(mailer.sent.length, 0)
assert.ok((await stack.deliverEvents()) > 0)
const [mail] = mailer.sent
assert.equal(mail?.to, 'ada@example.com')
assert.equal(mail?.links.length, 1)

// One transaction over two modules: both or neither.
const failed = stack.transaction(async (tx) => {
  await tx.tenant.tenants.create({ name: 'Never', ownerId: user.id })
  throw new Error('changed my mind')
})
await assert.rejects(failed, /changed my mind/)
assert.equal(await stack.deliverEvents(), 0)

await stack.stop()
console.log(`functions-only: ${user.email} owns ${account.slug} and got "${mail?.subject}"`)
