import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnHost } from './spawn-host.ts'
import { showApproval } from './tour/approval.ts'
import { editTrail, showAudit, showEditedTrail } from './tour/audit.ts'
import { showCookies } from './tour/cookies.ts'
import { showFactors } from './tour/factors.ts'
import { showDeclaredAccounts, showMachines } from './tour/machines.ts'
import { showMailSignIn } from './tour/mail-sign-in.ts'
import { nameServer } from './tour/name-server.ts'
import { openIdProvider } from './tour/openid-provider.ts'
import { operatorIn, showOperators } from './tour/operators.ts'
import { showOwnAccount } from './tour/own-account.ts'
import { showPasskeys } from './tour/passkeys.ts'
import { showPasswords } from './tour/passwords.ts'
import { showRotation } from './tour/rotation.ts'
import { showReuse, showSessions } from './tour/sessions.ts'
import { showSignUp } from './tour/sign-up.ts'
import { showSingleSignOn } from './tour/single-sign-on.ts'
import { Tour } from './tour/tour.ts'

// `npm run tour`: every flow of sign-in against a running host, step by step. Ends with 1 at the first deviation.
const folder = mkdtempSync(join(tmpdir(), 'corbel-tour-'))
const secret = crypto.randomUUID() + crypto.randomUUID()
const port = process.env['TOUR_PORT'] ?? '3456'
// A passkey belongs to a name; an address is none.
const url = `http://localhost:${port}`
const [provider, names] = await Promise.all([openIdProvider(url), nameServer()])
const requestSecret = crypto.randomUUID() + crypto.randomUUID()
const env = {
  CORBEL_DATA_DIR: folder,
  SECRET_KEY: secret,
  PORT: port,
  APP_PUBLIC_URL: url,
  AUTH_COOKIE_MODE: 'true',
  SSO_PLAIN_HTTP_ORIGINS: provider.issuer,
  OUTBOUND_ALLOWED_NETWORKS: '127.0.0.1',
  DNS_SERVERS: names.address,
  AUTH_CREDENTIAL_REQUEST_SECRET: requestSecret,
  // A tour is many people at one address within a minute.
  AUTH_SIGN_IN_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_NETWORK_RATE_LIMIT_PER_MINUTE: '0',
}
let host = await spawnHost(env)
try {
  const tour = new Tour(url, join(folder, 'inbox'))
  console.log(`A tour of the host on ${url}, with an empty database`)
  await showSignUp(tour)
  await showSessions(tour)
  await showPasswords(tour)
  const token = await showFactors(tour)
  await showPasskeys(tour)
  await showMailSignIn(tour)
  await showSingleSignOn(tour, provider, names)
  await showCookies(tour)
  await showMachines(tour, token)
  await showDeclaredAccounts(tour, token, requestSecret)
  await showReuse(tour)
  await showOwnAccount(tour)
  const device = await showOperators(tour, operatorIn(host.stdout))
  await showAudit(tour, token)

  const { tenantId } = (await tour.call('GET', '/api/v1/auth/me', { token })).body
  await host.end()
  await editTrail(folder, tenantId as string)
  host = await spawnHost({ ...env, SIGNUP_ACCESS_POLICY: 'approval' })
  await showEditedTrail(tour, token)
  await showApproval(tour, device)

  await host.end()
  host = await spawnHost(env)
  await showRotation(tour, { path: join(folder, 'keys.json'), secret })
  tour.tell(`${readdirSync(join(folder, 'inbox')).length} files of mails in the folder`)
  console.log(`\n${tour.steps} steps, no deviation`)
} catch (error) {
  console.error(host.stderr.split('\n').slice(-5).join('\n'))
  throw error
} finally {
  await host.end()
  await Promise.all([provider.close(), names.close()])
  rmSync(folder, { recursive: true, force: true })
}
