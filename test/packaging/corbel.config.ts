import { auth } from '@corbel/auth'
import { memoryStorage } from '@corbel/adapters/memory'
import { createStack, fromEnv } from '@corbel/core'
import { silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { defineConfig } from 'corbel'

const passwords = { hash: async () => '', verify: async () => false, needsRehash: () => false }
const pepper = 'a-description-opens-nothing-and-needs-no-secret'

// The stack of consumer.ts as `npm run pack:check` has a release of it proved, with the packed program.
export default defineConfig({
  async describe() {
    const { catalogs, fetch } = createStack({
      modules: [tenant(), auth({ passwords })],
      storage: memoryStorage(),
      logger: silentLogger,
      settings: fromEnv({
        AUTH_PASSWORD_PEPPER: pepper,
        AUTH_REFRESH_TOKEN_PEPPER: pepper,
        AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER: pepper,
        AUTH_PASSWORD_RESET_TOKEN_PEPPER: pepper,
        TENANT_INVITATION_PEPPER: pepper,
      }),
    })
    const answer = await fetch(new Request('http://localhost/openapi.json'))
    return { catalogs, openApi: await answer.json() }
  },
  evidence: {
    checks: [
      { name: 'types', command: ['node_modules/.bin/tsc', '-p', 'tsconfig.release.json'] },
      { name: 'sign-up, sign-in and OpenAPI', command: ['node', 'consumer.ts'] },
      {
        name: 'headless setup',
        command: ['node_modules/.bin/corbel', 'setup', '--dry-run', '--non-interactive', '--offline'],
      },
      {
        name: 'leak',
        command: ['node', '-e', 'if (process.env.LEAK) console.log(process.env.AUTH_PASSWORD_PEPPER)'],
      },
    ],
  },
})
