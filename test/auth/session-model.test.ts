import type { Tokens } from '@corbel/auth'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type TestApp, testApp } from './support.fixture.ts'

/** What the rules say of one session: its tokens in order, and when each was replaced. */
interface ModelSession {
  readonly tokens: { readonly text: string; replacedAt: number | null }[]
  accessToken: string
  live: boolean
}

const grace = 10_000

type Step =
  | { readonly do: 'sign-in' }
  | { readonly do: 'refresh' | 'sign-out'; readonly session: number; readonly token: number }
  | { readonly do: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ do: 'sign-in' as const }) },
  // Counted from the newest: mostly the live token, sometimes one of those before.
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('refresh' as const), session: fc.nat(2), token: fc.nat(2) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('sign-out' as const), session: fc.nat(2), token: fc.nat(2) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 4000, 9999, 10_000) }),
  },
)

it('keeps to the rules of rotation, grace and reuse, whatever happens in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const app = await testApp()
      const sessions = [opened(await app.member())]
      for (const next of steps) {
        await take(app, sessions, next)
        for (const { accessToken, live } of sessions) {
          expect((await app.me(accessToken)).status).toBe(live ? 200 : 401)
        }
      }
    }),
    { numRuns: 60 },
  )
})

async function take(app: TestApp, sessions: ModelSession[], next: Step): Promise<void> {
  if (next.do === 'wait') app.clock.advance(`${next.ms}ms`)
  else if (next.do === 'sign-in') {
    if (sessions.length < 3) sessions.push(opened((await app.signIn('ada@example.com')).body))
  } else {
    const session = sessions[next.session % sessions.length]
    const index = Math.max(0, (session?.tokens.length ?? 0) - 1 - next.token)
    if (session) await (next.do === 'refresh' ? refresh : signOut)(app, session, index)
  }
}

async function refresh(app: TestApp, session: ModelSession, index: number): Promise<void> {
  const presented = session.tokens[index]
  if (!presented) return
  const now = app.clock.now().getTime()
  const isReuse = presented.replacedAt !== null && now - presented.replacedAt >= grace
  const { status, body } = await app.refresh(presented.text)
  expect(status).toBe(session.live && !isReuse ? 200 : 401)
  if (isReuse) session.live = false
  if (status !== 200) return
  session.accessToken = body.accessToken
  if (presented.replacedAt === null) {
    presented.replacedAt = now
    session.tokens.push({ text: body.refreshToken, replacedAt: null })
  }
  expect(body.refreshToken).toBe(session.tokens[index + 1]?.text)
}

async function signOut(app: TestApp, session: ModelSession, index: number): Promise<void> {
  await app.call('POST', '/api/v1/auth/logout', { body: { refreshToken: session.tokens[index]?.text } })
  session.live = false
}

const opened = ({ refreshToken, accessToken }: Tokens): ModelSession => ({
  tokens: [{ text: refreshToken, replacedAt: null }],
  accessToken,
  live: true,
})
