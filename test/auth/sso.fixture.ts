import { nodeFetcher } from '@corbel/adapters/node-fetcher'
import { oidcIdentityProvider } from '@corbel/adapters/oidc'
import type { Tokens } from '@corbel/auth'
import type { Fetcher } from '@corbel/core/ports'
import { type Answer, type TestApp, testApp, type TestOptions } from './support.fixture.ts'

export interface Started {
  readonly url: string
  readonly state: string
  readonly browserSecret: string
}

export interface Made {
  readonly id: string
  readonly version: number
  readonly redirectUri: string
}

export type Failure = { readonly code?: string }

export interface SsoApp {
  readonly app: TestApp
  /** What the name system has: texts by name. */
  readonly records: Map<string, string>
}

/** An app that reaches providers on this machine, and has a name system of its own. */
export async function ssoApp(
  issuer: string,
  {
    fetcher = nodeFetcher({ allow: ['127.0.0.1'] }),
    ...options
  }: TestOptions & { readonly fetcher?: Fetcher } = {},
): Promise<SsoApp> {
  const records = new Map<string, string>()
  const app = await testApp({
    ...options,
    identityProvider: oidcIdentityProvider({ fetcher, plainHttpOrigins: [issuer] }),
    domainVerifier: { listTexts: async (name) => [records.get(name) ?? []].flat() },
  })
  return { app, records }
}

const at = '/api/v1/auth/sso'

export const connect = (
  app: TestApp,
  { accessToken: token }: Tokens,
  body: Readonly<Record<string, unknown>>,
): Promise<Answer<Made & Failure>> =>
  app.call('POST', `${at}/connections`, {
    token,
    body: { preset: 'custom', name: 'Acme', clientId: 'corbel', ...body },
  })

export async function proveDomain(
  { app, records }: SsoApp,
  { accessToken: token }: Tokens,
  domain: string,
): Promise<void> {
  const verify = () =>
    app.call<{ verifiedAt: string | null; record: { name: string; value: string } }>(
      'POST',
      `${at}/domains`,
      {
        token,
        body: { domain },
      },
    )
  const { body } = await verify()
  records.set(body.record.name, body.record.value)
  if ((await verify()).body.verifiedAt === null) throw new Error(`${domain} was not verified.`)
}

export const start = (app: TestApp, id: string, body: object = {}): Promise<Answer<Started & Failure>> =>
  app.call('POST', `${at}/${id}/start`, { body })

export const finish = (
  app: TestApp,
  id: string,
  { state, browserSecret }: Pick<Started, 'state' | 'browserSecret'>,
  parameters: Readonly<Record<string, string>>,
): Promise<Answer<Tokens & Failure>> =>
  app.call('POST', `${at}/${id}/callback`, { body: { state, browserSecret, parameters } })
