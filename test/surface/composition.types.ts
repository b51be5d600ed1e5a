import { argon2PasswordHasher } from '@corbel/adapters/argon2'
import { memoryStorage } from '@corbel/adapters/memory'
import { auth } from '@corbel/auth'
import { anyone, createStack, defineContract, fromEnv, implement, json, ok } from '@corbel/core'
import { tenant } from '@corbel/core/tenant'
import * as z from 'zod'

// Checked by the compiler alone: each mistake below must stay a compile error.

const passwords = argon2PasswordHasher()
const settings = fromEnv({})

// @ts-expect-error auth needs tenant
createStack({ modules: [auth({ passwords })], storage: memoryStorage(), settings })

const { tenant: tenantOnly } = memoryStorage().repositories
createStack({
  modules: [tenant(), auth({ passwords })],
  // @ts-expect-error the storage lacks the repositories of auth
  storage: { ...memoryStorage(), repositories: { tenant: tenantOnly } },
  settings,
})

const stack = createStack({ modules: [tenant(), auth({ passwords })], storage: memoryStorage(), settings })
stack.auth.users satisfies object
stack.tenant.tenants satisfies object
// @ts-expect-error there is no such module
stack.billing satisfies object

const contract = defineContract('greetings', '/greetings', {
  greet: {
    method: 'POST',
    path: '',
    access: anyone,
    summary: 'Greet',
    body: json(z.strictObject({ name: z.string() })),
    success: ok(z.object({ greeting: z.string() })),
  },
})

// @ts-expect-error no handler
implement(contract, {})
// @ts-expect-error wrong result
implement(contract, { greet: async () => ({ greeting: 1 }) })
implement(contract, {
  greet: async ({ body, principal }) => {
    // @ts-expect-error nobody is signed in at a public endpoint
    void principal.userId
    return { greeting: `Hello ${body.name satisfies string}` }
  },
})
