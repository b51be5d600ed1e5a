import type { Id } from '@corbel/core'
import { describe, expect, test } from 'vitest'
import { password, type TestApp } from '../auth/support.fixture.ts'
import { invites, type Problem, team, tokenFor } from './team.fixture.ts'

const zofie = 'zofie@example.com'
const acceptCurrent = (app: TestApp, accessToken: string, token: string) =>
  app.call<Problem & { readonly role?: string }>('POST', `${invites}/accept/current`, {
    token: accessToken,
    body: { token },
  })
const invalid = { status: 400, body: { code: 'tenant/invalid-invitation' } }

describe('an invitation', () => {
  test('brings somebody new into the team, with a verified address and the role', async () => {
    const { app, owner, join } = await team()
    const { accessToken } = await join(zofie, 'viewer')
    expect((await app.me(accessToken)).body).toMatchObject({
      role: 'viewer',
      emailVerified: true,
      tenantId: owner.tenantId,
    })
  })

  test('shows its token in the mail alone, and the events and rows hold none', async () => {
    const { app, invite } = await team()
    const { body } = await invite(zofie)
    const token = await tokenFor(app, zofie)
    const told = JSON.stringify([body, await app.events(), app.logger.lines])
    expect(told).not.toContain(token)
    expect(
      JSON.stringify(await app.storage.repositories.tenant.invitations.findOpen(token, new Date(0))),
    ).toBe('null')
  })

  test('is used once: of 64 who race with one token, one joins', async () => {
    const { app, invite, accept } = await team()
    await invite(zofie)
    const token = await tokenFor(app, zofie)
    const answers = await Promise.all(Array.from({ length: 64 }, () => accept(token)))
    // The limit of one address is 60 an hour.
    const tried = answers.filter(({ status }) => status !== 429)
    expect(tried.filter(({ status }) => status === 201)).toHaveLength(1)
    for (const answer of tried.filter(({ status }) => status !== 201)) expect(answer).toMatchObject(invalid)
    expect(await accept(token).then(({ status }) => status)).not.toBe(201)
  })

  test('is accepted by somebody who has an account, for their own address only', async () => {
    const { app, owner, invite, accept } = await team()
    const known = await app.member(zofie)
    const eve = await app.member('eve@example.com')
    await invite(zofie, 'admin')
    const token = await tokenFor(app, zofie)
    expect(await acceptCurrent(app, eve.accessToken, token)).toMatchObject(invalid)
    expect(await accept(token)).toMatchObject({ status: 409, body: { code: 'auth/email-taken' } })
    expect(await acceptCurrent(app, known.accessToken, token)).toMatchObject({
      status: 200,
      body: { role: 'admin', tenantId: owner.tenantId },
    })
    expect(await acceptCurrent(app, known.accessToken, token)).toMatchObject(invalid)
    expect((await app.signIn(zofie, { tenantId: owner.tenantId })).status).toBe(200)
  })

  test('to a member is not used up', async () => {
    const { app, invite, join } = await team()
    const member = await join(zofie, 'member')
    await invite(zofie, 'admin')
    const token = await tokenFor(app, zofie)
    for (let i = 0; i < 2; i++)
      expect(await acceptCurrent(app, member.accessToken, token)).toMatchObject({
        status: 409,
        body: { code: 'tenant/already-member' },
      })
  })

  test.each([
    ['no token', 'x'],
    ['another prefix', `cev_${'A'.repeat(43)}`],
    ['a made-up token', `cti_${'A'.repeat(43)}`],
  ])('answers %s like any other that is not valid', async (_, token) => {
    const { app, owner, accept } = await team()
    expect(await accept(token)).toMatchObject(invalid)
    expect(await acceptCurrent(app, owner.accessToken, token)).toMatchObject(invalid)
  })

  test('lives 72 hours unless asked otherwise, at most 336', async () => {
    const { app, invite, accept } = await team()
    expect((await invite(zofie, 'member', { expiresInHours: 337 })).status).toBe(400)
    await invite(zofie)
    const token = await tokenFor(app, zofie)
    app.clock.advance('72h')
    expect(await accept(token)).toMatchObject(invalid)
  })

  test('sent again has a new token and the old one stops working', async () => {
    const { app, owner, invite, accept } = await team()
    const { body } = await invite(zofie)
    const first = await tokenFor(app, zofie)
    expect((await invite(zofie)).body.code).toBe('tenant/invitation-pending')
    const again = await app.call('POST', `${invites}/${body.id}/resend`, { token: owner.accessToken })
    expect(again.status).toBe(200)
    const second = await tokenFor(app, zofie)
    expect(second).not.toBe(first)
    expect(await accept(first)).toMatchObject(invalid)
    expect((await accept(second)).status).toBe(201)
  })

  test('that was withdrawn is not valid, and no mail goes out for it any more', async () => {
    const { app, owner, invite, accept } = await team()
    const { body } = await invite(zofie)
    const token = await tokenFor(app, zofie)
    const again = await invite('eve@example.com')
    for (const { id } of [body, again.body])
      expect((await app.call('POST', `${invites}/${id}/revoke`, { token: owner.accessToken })).status).toBe(
        204,
      )
    await app.events()
    expect(app.mailer.sent.filter(({ to }) => to === 'eve@example.com')).toEqual([])
    expect(await accept(token)).toMatchObject(invalid)
    const { body: list } = await app.call<{ data: { status: string }[] }>('GET', invites, {
      token: owner.accessToken,
    })
    expect(list.data.map(({ status }) => status)).toEqual(['revoked', 'revoked'])
  })

  test('gives nobody a role above that of whoever invites, and members invite nobody', async () => {
    const { invite, join } = await team()
    const admin = await join('bob@example.com', 'admin')
    const member = await join('eve@example.com', 'member')
    expect((await invite(zofie, 'owner', {}, admin.accessToken)).body.code).toBe('tenant/role-not-yours')
    expect((await invite(zofie, 'viewer', {}, member.accessToken)).status).toBe(403)
  })

  test('delivered twice is the identical mail', async () => {
    const { app, invite } = await team()
    const { body } = await invite(zofie)
    const [sent] = (await app.events()).filter(({ type }) => type === 'tenant.invitation.sent')
    const [first] = app.mailer.sent.filter(({ to }) => to === zofie)
    if (!sent || !first) throw new Error('nothing was sent')
    const what = { invitationId: body.id as `inv_${string}`, generation: 1 }
    await app.stack.tenant.invitations.mail(sent.id, sent.tenantId, what)
    expect(app.mailer.sent.filter(({ to }) => to === zofie)).toEqual([first])
  })

  test('needs a password that does', async () => {
    const { app, invite } = await team()
    await invite(zofie)
    const token = await tokenFor(app, zofie)
    const weak = await app.call('POST', `${invites}/accept`, {
      body: { token, password: 'password123password', acceptTerms: true },
    })
    expect(weak.status).toBe(422)
    const noTerms = await app.call('POST', `${invites}/accept`, { body: { token, password } })
    expect(noTerms.status).toBe(400)
  })
})

describe('the mail of an invitation', () => {
  test('is tried again until the provider takes it, and the log says so without an address', async () => {
    const { app, owner, invite } = await team()
    const send = app.mailer.send.bind(app.mailer)
    let failures = 2
    Object.assign(app.mailer, {
      send: async (message: Parameters<typeof send>[0]) => {
        if (message.to === zofie && failures-- > 0) throw new Error('the provider is down')
        return send(message)
      },
    })
    const { body } = await invite(zofie)
    for (let hour = 0; hour < 3; hour++) {
      await app.events()
      app.clock.advance('1h')
    }
    expect(app.mailer.sent.filter(({ to }) => to === zofie)).toHaveLength(1)
    const log = await app.storage.deliveries.list(
      owner.tenantId as Id<'ten'>,
      { route: 'tenant.invitation_mail', recipient: body.id },
      { limit: 10, after: null },
    )
    expect(log).toMatchObject([{ status: 'delivered', attempts: 3, result: 'accepted' }])
    expect(JSON.stringify(log)).not.toContain(zofie)
  })

  test('is not sent for an invitation that was withdrawn meanwhile', async () => {
    const { app, owner, invite } = await team()
    const { body } = await invite(zofie)
    await app.call('POST', `${invites}/${body.id}/revoke`, { token: owner.accessToken })
    await app.events()
    expect(app.mailer.sent.filter(({ to }) => to === zofie)).toEqual([])
  })

  test('shows markup in the name of a tenant as text, and a line break there begins no header', async () => {
    const { app, owner, invite } = await team()
    const rename = (name: string) =>
      app.call('PATCH', '/api/v1/tenants/account', { token: owner.accessToken, body: { name } })
    const name = '<img src=x onerror=alert(1)>"\'&\r\nBcc: eve@example.com'
    expect((await rename(name)).status).toBe(200)
    await invite(zofie)
    await app.events()
    const mail = app.mailer.sent.find(({ to }) => to === zofie)
    expect(mail?.text).toContain(name)
    expect(mail?.html).not.toContain('<img')
    expect(mail?.html).toContain('&lt;img src=x onerror=alert(1)&gt;')
    for (const field of [mail?.to, mail?.subject]) expect(field).not.toMatch(/[\r\n]|Bcc/)
  })
})
