import type { FirstOperator } from './first-operator.ts'

export interface Welcome {
  /** Where the host answers, without a trailing slash. */
  readonly url: string
  /** Folder of the mails; null when they are really sent. */
  readonly inbox: string | null
  readonly data: string
  readonly operator: FirstOperator | null
  /** Whether somebody can run the platform. */
  readonly hasOperator: boolean
  /** Since the process began. */
  readonly readyMs: number
  /** Makes the account of the example a new one at every start. Null: no example. */
  readonly suffix: string | null
}

/** What a newcomer needs to know once the host answers. */
export const welcome = (facts: Welcome): string =>
  [ready(facts), addresses(facts), account(facts), example(facts)].filter((part) => part !== '').join('\n')

const ready = ({ readyMs, url }: Welcome): string =>
  `\nReady after ${(readyMs / 1000).toFixed(1)} s on ${url}\n`

function addresses({ url, inbox, data }: Welcome): string {
  const rows = [
    ['service card', `${url}/`],
    ['API reference', `${url}/docs`],
    ['OpenAPI', `${url}/openapi.json`],
    ['readiness', `${url}/health/ready`],
    ['metrics', `${url}/metrics`],
    ['mail', inbox ?? 'sent by Resend'],
    ['data', data],
  ] as const
  return rows.map(([name, value]) => `  ${name.padEnd(14)} ${value}\n`).join('')
}

function account({ operator, hasOperator }: Welcome): string {
  if (operator === null) {
    return hasOperator
      ? ''
      : '  This platform has no operator yet. Create one in a terminal: npm run operator -- <e-mail>\n'
  }
  return `  The first operator of this platform. The password is shown this once; only its hash is kept:

  e-mail         ${operator.email}
  password       ${operator.password}
`
}

/** Three commands to paste into a shell: no `jq`, no quotes to adapt. */
function example({ url, suffix }: Welcome): string {
  if (suffix === null) return ''
  const email = `ada-${suffix}@example.com`
  const password = `correct-horse-${suffix}`
  const post = (path: string, body: object): string =>
    `curl -sS ${url}${path} -H 'content-type: application/json' -d '${JSON.stringify(body)}'`
  const register = post('/api/v1/auth/register', {
    email,
    password,
    tenantName: 'Analytical Engines',
    acceptTerms: true,
  })
  const signIn = post('/api/v1/auth/token', { email, password })
  return `  Try it: register a tenant and its owner, sign in, and ask who you are.

${register}
TOKEN=$(${signIn} | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')
curl -sS ${url}/api/v1/auth/me -H "authorization: Bearer $TOKEN"
`
}
