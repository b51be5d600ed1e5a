import assert from 'node:assert/strict'
import { auth, newMember } from './member.ts'
import type { NameServer } from './name-server.ts'
import type { OpenIdProvider } from './openid-provider.ts'
import type { Tour, TourAnswer } from './tour.ts'

const sso = `${auth}/sso`
const owner = 'owner@engines.test'

/** A tenant connects an OpenID provider over HTTP, its owner links an account there, and signs in with it twice. */
export async function showSingleSignOn(
  tour: Tour,
  provider: OpenIdProvider,
  names: NameServer,
): Promise<void> {
  tour.chapter(`Single sign-on, with oidc-provider at ${provider.issuer}`)
  provider.accounts.set('owner', { email: owner, email_verified: true, name: 'Owner' })
  provider.accounts.set('stranger', { email: 'stranger@engines.test', email_verified: true })
  const { accessToken: token } = await newMember(tour, owner, 'Engines')
  const made = await tour.show('a connection of the tenant', 201, 'POST', `${sso}/connections`, {
    token,
    body: {
      preset: 'custom',
      name: 'Engines',
      issuer: provider.issuer,
      clientId: 'corbel',
      clientSecret: provider.clientSecret,
    },
  })
  assert.ok(!JSON.stringify(made).includes(provider.clientSecret))
  const id = made['id'] as string
  const { slug } = (await tour.call('GET', '/api/v1/tenants/account', { token })).body
  const { data } = await tour.show(
    'what a sign-in page offers',
    200,
    'GET',
    `${sso}/providers?tenant=${String(slug)}`,
  )
  assert.deepEqual(
    (data as readonly { readonly id: string }[]).map((offered) => offered.id),
    [id],
  )

  /** To the provider and back, as a browser goes. */
  async function visit(login: string, path: string, asOwner?: string) {
    const caller = asOwner === undefined ? {} : { token: asOwner }
    const started = await tour.call('POST', `${sso}/${id}/${path}`, { ...caller, body: {} })
    assert.equal(started.status, 200, JSON.stringify(started.body))
    const { url, state, browserSecret } = started.body
    return { state, browserSecret, parameters: await provider.authorize(url as string, login) }
  }
  const stranger = await visit('stranger', 'start')
  await tour.show('somebody whom only the provider knows', 403, 'POST', `${sso}/${id}/callback`, {
    body: stranger,
  })
  await tour.show('the owner links the account there', 201, 'POST', `${sso}/${id}/link/callback`, {
    token,
    body: await visit('owner', 'link', token),
  })
  const answer = await visit('owner', 'start')
  const first = await tour.show('and signs in with it', 200, 'POST', `${sso}/${id}/callback`, {
    body: answer,
  })
  await tour.show('the same answer again', 400, 'POST', `${sso}/${id}/callback`, { body: answer })
  const elsewhere = { ...(await visit('owner', 'start')), browserSecret: 'another browser' }
  await tour.show('an answer in another browser', 400, 'POST', `${sso}/${id}/callback`, { body: elsewhere })
  const second = await tour.show('a second sign-in', 200, 'POST', `${sso}/${id}/callback`, {
    body: await visit('owner', 'start'),
  })
  const who = ({ accessToken }: TourAnswer['body']) =>
    tour.call('GET', `${auth}/me`, { token: accessToken as string })
  const [one, two] = [await who(first), await who(second)]
  assert.equal(one.body['email'], owner)
  assert.equal(one.body['userId'], two.body['userId'])
  tour.tell(`both are ${owner}, by ${String(one.body['amr'])}`)

  tour.chapter('A proved domain, and accounts as people come')
  const claim = () => tour.call('POST', `${sso}/domains`, { token, body: { domain: 'engines.test' } })
  const { record, verifiedAt } = (await claim()).body as unknown as DomainClaim
  assert.equal(verifiedAt, null)
  tour.tell(`to be put into the DNS: ${record.name} TXT "${record.value}"`)
  const policy = { domains: ['engines.test'], provisioning: 'domain_allowlist', role: 'viewer' }
  await change(policy)
  await tour.show('a stranger before that', 403, 'POST', `${sso}/${id}/callback`, {
    body: await visit('stranger', 'start'),
  })
  names.texts.set(record.name, record.value)
  assert.ok(((await claim()).body as unknown as DomainClaim).verifiedAt)
  tour.tell('it is there: the domain is proved')
  const joined = await tour.show('the stranger is a member', 200, 'POST', `${sso}/${id}/callback`, {
    body: await visit('stranger', 'start'),
  })
  const { body: newcomer } = await who(joined)
  assert.deepEqual([newcomer['email'], newcomer['role']], ['stranger@engines.test', 'viewer'])
  tour.tell(`as ${String(newcomer['role'])} of ${String(newcomer['email'])}, with no password`)

  async function change(more: object): Promise<void> {
    const shown = await tour.call('GET', `${sso}/connections/${id}`, { token })
    const changed = await tour.call('PATCH', `${sso}/connections/${id}`, {
      token,
      body: more,
      headers: { 'if-match': shown.headers.get('etag') ?? '' },
    })
    assert.equal(changed.status, 200, JSON.stringify(changed.body))
  }
}

interface DomainClaim {
  readonly verifiedAt: string | null
  readonly record: { readonly name: string; readonly value: string }
}
