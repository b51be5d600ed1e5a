import { MailerErrors, newId } from '@corbel/core/ports'
import { expect, test } from 'vitest'
import { password, type TestApp, testApp } from '../auth/support.fixture.ts'
import type { Problem } from './team.fixture.ts'

const path = '/api/v1/platform/deliveries'

interface Shown extends Problem {
  readonly id: string
  readonly route: string
  readonly recipient: string
  readonly tenantId: string | null
  readonly status: string
  readonly result: string | null
}

interface Log {
  readonly data: readonly Shown[]
  readonly nextCursor: string | null
}

/** Olga runs the platform; Ada has asked for a link to reset her password, and the mail provider refuses hers. */
async function open() {
  const app = await testApp()
  await app.stack.auth.users.createOperator({ email: 'olga@example.com', password, tenantName: 'Platform' })
  const ada = await app.member('ada@example.com')
  await app.events()
  const send = app.mailer.send.bind(app.mailer)
  app.mailer.send = async () => {
    throw MailerErrors.refused({ detail: 'the sender is not known' })
  }
  await app.call('POST', '/api/v1/auth/password/forgot', { body: { email: 'ada@example.com' } })
  await app.events()
  app.mailer.send = send
  const olga = (await app.signIn('olga@example.com')).body
  const list = async (query = '') => (await app.call<Log>('GET', path + query, as(olga))).body.data
  return { app, ada, olga, list }
}

const as = ({ accessToken: token }: { readonly accessToken: string }) => ({ token })
const resets = ({ mailer }: TestApp) => mailer.sent.filter(({ subject }) => /new password/i.test(subject))

test('what was given up is found by an operator, without what was said or the address', async () => {
  const { app, ada, olga, list } = await open()
  const [dead, ...others] = await list('?status=dead')
  expect(others).toEqual([])
  const { userId } = (await app.me(ada.accessToken)).body as { readonly userId?: string }
  expect(dead).toMatchObject({ route: 'auth.mail', recipient: userId, tenantId: null })
  expect(dead?.result).toContain('the sender is not known')
  expect(await list(`?status=dead&route=auth.mail`)).toEqual([dead])
  expect(await list(`?status=dead&route=tenant.webhook`)).toEqual([])
  expect(await list(`?status=dead&tenantId=${ada.tenantId}`)).toEqual([])
  const all = await list()
  expect(all.length).toBeGreaterThan(1)
  expect(JSON.stringify(all)).not.toMatch(/@|https?:|cpr_/)
  const paged = await app.call<Log>('GET', `${path}?limit=1`, as(olga))
  const next = await app.call<Log>('GET', `${path}?limit=100&cursor=${paged.body.nextCursor}`, as(olga))
  expect([...paged.body.data, ...next.body.data]).toEqual(all)
  for (const query of [
    '?status=gone',
    '?route=a%20b',
    '?tenantId=usr_1',
    '?limit=0',
    '?cursor=x',
    '?secret=1',
  ])
    expect((await app.call<Problem>('GET', path + query, as(olga))).status, query).toBe(400)
})

test('a mail that was given up is sent again by an operator, once, and the audit trail says by whom', async () => {
  const { app, ada, olga, list } = await open()
  const [dead] = await list('?status=dead')
  const again = `${path}/${dead?.id}/redeliver`
  const answers = await Promise.all(Array.from({ length: 8 }, () => app.call<Shown>('POST', again, as(olga))))
  expect(answers.map(({ status }) => String(status)).toSorted()).toEqual([
    '200',
    ...Array.from({ length: 7 }, () => '404'),
  ])
  expect(answers.find(({ status }) => status === 404)?.body.code).toBe('delivery/not-found')
  await app.events()
  expect(resets(app)).toHaveLength(1)
  expect(await list('?status=dead')).toEqual([])
  expect((await list()).find(({ id }) => id === dead?.id)).toMatchObject({ status: 'delivered' })
  const heard = (await app.events()).filter(({ type }) => type === 'tenant.delivery.redelivered')
  expect(heard.map(({ payload }) => payload)).toEqual([{ deliveryId: dead?.id, route: 'auth.mail' }])
  const { userId } = (await app.me(olga.accessToken)).body as { readonly userId?: string }
  const trail = await app.storage.repositories.auth.auditLog.list(
    null,
    { type: 'tenant.delivery.redelivered' },
    { limit: 10, after: null },
  )
  expect(trail.map(({ content }): unknown => JSON.parse(content))).toMatchObject([
    { actor: userId, subject: dead?.id },
  ])
  expect((await app.call('POST', `${path}/${newId('dlv')}/redeliver`, as(olga))).status).toBe(404)
  expect((await app.call('POST', again, as(ada))).status).toBe(403)
  expect((await app.call('GET', path, as(ada))).status).toBe(403)
  expect((await app.call('GET', path)).status).toBe(401)
})
