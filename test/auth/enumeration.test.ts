import type { PasswordHasher } from '@corbel/auth/ports'
import { describe, expect, it } from 'vitest'
import { shape } from './sign-up.fixture.ts'
import { testApp } from './support.fixture.ts'

describe('W-14: registering', () => {
  it('answers the same whether or not the address has an account', async () => {
    const app = await testApp()
    const fresh = await app.register('ada@example.com')
    const repeated = await app.register('ada@example.com')
    expect(fresh.status).toBe(201)
    expect(shape(repeated)).toEqual(shape(fresh))
    expect(repeated.body.user.id).not.toBe(fresh.body.user.id)
    expect(Object.keys(repeated.body)).toEqual(['user', 'tenant'])
  })

  it('changes nothing for an address that has one, and tells its owner by mail', async () => {
    const app = await testApp()
    const tokens = await app.member('ada@example.com')
    await app.stack.deliverEvents()
    const before = app.mailer.sent.length
    const repeated = await app.register('ADA@example.com', {
      password: 'another good password',
      tenantName: 'Evil',
    })
    expect(repeated.status).toBe(201)
    expect((await app.signIn('ada@example.com', { password: 'another good password' })).status).toBe(401)
    expect((await app.signIn('ada@example.com')).status).toBe(200)
    expect((await app.me(tokens.accessToken)).status).toBe(200)
    await app.stack.deliverEvents()
    expect(app.mailer.sent.slice(before).map(({ to, subject }) => [to, subject])).toEqual([
      ['ada@example.com', 'You already have an account at Corbel'],
    ])
  })
})

describe('W-14: signing in', () => {
  it('answers the same for an unknown e-mail, a wrong password and a wrong tenant', async () => {
    const app = await testApp()
    const { tenantId } = await app.member('ada@example.com')
    const wrong = await app.signIn('ada@example.com', { password: 'a wrong password' })
    const unknown = await app.signIn('eve@example.com', { password: 'a wrong password' })
    const foreign = await app.signIn('eve@example.com', { tenantId })
    const stranger = await app.signIn('ada@example.com', {
      password: 'a wrong password',
      tenantId: `ten_${'0'.repeat(26)}`,
    })
    expect(wrong.status).toBe(401)
    for (const other of [unknown, foreign, stranger]) expect(shape(other)).toEqual(shape(wrong))
    expect({ ...(unknown.body as object), requestId: '' }).toEqual({
      ...(wrong.body as object),
      requestId: '',
    })
  })

  it('answers the same after a registration whether or not the address had an account', async () => {
    const app = await testApp({ settings: { REQUIRE_EMAIL_VERIFICATION: 'true' } })
    await app.register('ada@example.com')
    const mine = { password: 'a password of the stranger' }
    await app.register('ada@example.com', mine)
    await app.register('new@example.com', mine)
    const taken = await app.signIn('ada@example.com', mine)
    const free = await app.signIn('new@example.com', mine)
    expect([free.status, shape(free)]).toEqual([401, shape(taken)])
    expect({ ...(free.body as object), requestId: '' }).toEqual({ ...(taken.body as object), requestId: '' })
  })

  it('tells of a missing membership only to who knows the password', async () => {
    const app = await testApp()
    await app.register('ada@example.com')
    const { body: bob } = await app.register('bob@example.com')
    const answer = await app.signIn('ada@example.com', { tenantId: bob.tenant.id })
    expect([answer.status, (answer.body as { code?: string }).code]).toEqual([403, 'auth/not-a-member'])
  })

  it('costs one slow hash whether or not the address has an account', async () => {
    const calls: string[] = []
    const counting = (hasher: PasswordHasher): PasswordHasher => ({
      hash: (password) => (calls.push('hash'), hasher.hash(password)),
      verify: (password, phc) => (calls.push('verify'), hasher.verify(password, phc)),
      needsRehash: (phc) => hasher.needsRehash(phc),
    })
    const app = await testApp({ hasher: counting })
    await app.register('ada@example.com')
    await app.stack.start()
    const costs = async (email: string, password: string): Promise<string> => {
      calls.length = 0
      await app.signIn(email, { password })
      return calls.join()
    }
    expect(await costs('eve@example.com', 'a wrong password')).toBe('verify')
    expect(await costs('ada@example.com', 'a wrong password')).toBe('verify')
    calls.length = 0
    await app.register('new@example.com')
    await app.register('ada@example.com')
    expect(calls).toEqual(['hash', 'hash'])
    await app.stack.stop()
  })
})
