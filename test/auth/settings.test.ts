import { memoryStorage } from '@corbel/adapters/memory'
import { auth } from '@corbel/auth'
import { createStack, fromEnv } from '@corbel/core'
import { status } from '@corbel/core/status'
import { tenant } from '@corbel/core/tenant'
import { describe, expect, it } from 'vitest'
import { cheapHasher } from './cheap-hasher.fixture.ts'
import { peppers, publicUrl } from './support.fixture.ts'

const compose = (settings: Readonly<Record<string, string>>) => () =>
  createStack({
    modules: [tenant(), auth({ passwords: cheapHasher }), status()],
    storage: memoryStorage(),
    settings: fromEnv(settings),
  })

/** What the report says of one setting. */
function paragraphOf(start: () => unknown, name: string): string {
  try {
    start()
  } catch (error) {
    const paragraphs = (error as Error).message.split('\n\n')
    return paragraphs.find((paragraph) => paragraph.trimStart().startsWith(`${name} `)) ?? ''
  }
  return ''
}

describe('W-19: the peppers', () => {
  it.each(['local', 'staging', 'production'])('have no default in the profile %s', (profile) => {
    for (const name of Object.keys(peppers)) {
      expect(paragraphOf(compose({ CORBEL_PROFILE: profile }), name)).toContain('is missing')
    }
  })

  it.each([
    ['a placeholder', 'change-me-change-me-change-me-change-me'],
    ['a repetition', 'abab'.repeat(16)],
  ])('are no %s in production', (_, pepper) => {
    for (const name of Object.keys(peppers)) {
      const report = paragraphOf(compose({ CORBEL_PROFILE: 'production', [name]: pepper }), name)
      expect(report).toContain('is a placeholder or too weak')
      expect(report).not.toContain(pepper)
    }
  })

  it('are never shown, not even when they cannot be read', () => {
    const pepper = 'v1:one secret with spaces in it, which is long enough'
    const report = paragraphOf(compose({ ...peppers, AUTH_PASSWORD_PEPPER: pepper }), 'AUTH_PASSWORD_PEPPER')
    expect(report).toContain('is not valid')
    expect(report).not.toContain('secret with spaces')
  })
})

it('takes settings within their ranges only', () => {
  const start = compose({ APP_PUBLIC_URL: publicUrl, ...peppers, ACCESS_TOKEN_EXPIRE_MINUTES: '61' })
  expect(paragraphOf(start, 'ACCESS_TOKEN_EXPIRE_MINUTES')).toContain('from 1 to 60')
})
