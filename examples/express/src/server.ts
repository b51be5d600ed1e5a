import { randomBytes } from 'node:crypto'
import { argon2PasswordHasher } from '@corbel/adapters/argon2'
import { memoryStorage } from '@corbel/adapters/memory'
import { auth } from '@corbel/auth'
import { createStack, fromEnv } from '@corbel/core'
import { toNodeHandler } from '@corbel/core/node'
import { tenant } from '@corbel/core/tenant'
import express from 'express'

// Memory forgets everything at the end of the process, so its secrets may be forgotten too.
const secret = () => randomBytes(32).toString('base64url')

const stack = createStack({
  modules: [tenant(), auth({ passwords: argon2PasswordHasher() })],
  storage: memoryStorage(),
  settings: fromEnv(undefined, {
    AUTH_PASSWORD_PEPPER: secret(),
    AUTH_REFRESH_TOKEN_PEPPER: secret(),
    AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER: secret(),
    AUTH_PASSWORD_RESET_TOKEN_PEPPER: secret(),
    TENANT_INVITATION_PEPPER: secret(),
  }),
})
await stack.start()

export const app = express()

// The product's own routes, before and after the stack.
app.get('/hello', (_request, response) => void response.json({ hello: 'from Express' }))

// Before `express.json()`: the stack reads bodies itself, and webhook signatures need them as they came.
app.all(['/api/v1/*path', '/.well-known/*path', '/health{/*path}'], toNodeHandler(stack.fetch))

app.use(express.json())
app.post('/echo', (request, response) => void response.json(request.body))

export const close = (): Promise<void> => stack.stop()
