import { oidcIdentityProvider } from '@corbel/adapters/oidc'
import type { Tokens } from '@corbel/auth'
import { lyingProvider } from './lying-provider.fixture.ts'
import { connect, finish, type Made, proveDomain, start, type Started } from './sso.fixture.ts'
import type { Answer, TestApp, TestOptions } from './support.fixture.ts'

const provider = await lyingProvider()
const records = new Map<string, string>()

/** What an app needs for the scenarios below. */
export const ssoOptions: TestOptions = {
  identityProvider: oidcIdentityProvider({ fetcher: provider.fetcher }),
  domainVerifier: { listTexts: async (name) => [records.get(name) ?? []].flat() },
}

/** A tenant that is connected to a provider. */
async function connected(app: TestApp): Promise<{ readonly owner: Tokens; readonly made: Answer<Made> }> {
  const owner = await app.member()
  await proveDomain({ app, records }, owner, 'acme.test')
  const provisioning = { domains: ['acme.test'], provisioning: 'domain_allowlist' }
  return { owner, made: await connect(app, owner, { issuer: provider.issuer, ...provisioning }) }
}

async function linked(
  app: TestApp,
): Promise<{ readonly token: string; readonly answer: Answer<{ id: string }> }> {
  const { owner, made } = await connected(app)
  const { accessToken: token } = owner
  const path = `/api/v1/auth/sso/${made.body.id}/link`
  const { url, ...kept } = (await app.call<Started>('POST', path, { token, body: {} })).body
  const { state, browserSecret } = kept
  const body = { state, browserSecret, parameters: provider.answer(url) }
  return { token, answer: await app.call('POST', `${path}/callback`, { token, body }) }
}

/** By endpoint. */
export const ssoScenarios: Readonly<Record<string, (app: TestApp) => Promise<Answer>>> = {
  'POST /api/v1/auth/sso/connections': async (app) => (await connected(app)).made,
  'PATCH /api/v1/auth/sso/connections/{id}': async (app) => {
    const { owner, made } = await connected(app)
    return app.call('PATCH', `/api/v1/auth/sso/connections/${made.body.id}`, {
      token: owner.accessToken,
      body: { enabled: false },
      headers: { 'if-match': '"1"' },
    })
  },
  'DELETE /api/v1/auth/sso/connections/{id}': async (app) => {
    const { owner, made } = await connected(app)
    return app.call('DELETE', `/api/v1/auth/sso/connections/${made.body.id}`, { token: owner.accessToken })
  },
  'POST /api/v1/auth/sso/{provider}/callback': async (app) => {
    const { id } = (await connected(app)).made.body
    const { body } = await start(app, id)
    return finish(app, id, body, provider.answer(body.url))
  },
  'POST /api/v1/auth/sso/{provider}/link/callback': async (app) => (await linked(app)).answer,
  'DELETE /api/v1/auth/sso/identities/{id}': async (app) => {
    const { token, answer } = await linked(app)
    return app.call('DELETE', `/api/v1/auth/sso/identities/${answer.body.id}`, { token })
  },
  'POST /api/v1/auth/sso/domains': async (app) => {
    const { accessToken: token } = await app.member()
    const verify = () =>
      app.call<{ record: { name: string; value: string } }>('POST', '/api/v1/auth/sso/domains', {
        token,
        body: { domain: 'new.test' },
      })
    const { record } = (await verify()).body
    records.set(record.name, record.value)
    return verify()
  },
  'DELETE /api/v1/auth/sso/domains/{domain}': async (app) => {
    const { owner } = await connected(app)
    return app.call('DELETE', '/api/v1/auth/sso/domains/acme.test', { token: owner.accessToken })
  },
}

/** Why a call that succeeds leaves nothing in the trail. */
export const ssoExempt: Readonly<Record<string, string>> = {
  'POST /api/v1/auth/sso/{provider}/start': 'nobody is known yet; what comes of it is there',
  'POST /api/v1/auth/sso/{provider}/link': 'what comes of it is there',
}
