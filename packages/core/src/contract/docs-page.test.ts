import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { miscContract, notesContract } from '../http/example-api.fixture.ts'
import { anyone } from './access.ts'
import { defineContract } from './contract.ts'
import { docsPage } from './docs-page.ts'
import { docsPolicy, docsStyle } from './docs-style.ts'
import { ok } from './media.ts'
import { operationsOf } from './operation.ts'

const about = { title: 'Example', version: '1', serverUrl: 'https://api.example.com' }

describe('docsPage', () => {
  const operations = operationsOf(notesContract, miscContract)
  const page = docsPage(operations, about)

  it('has an article for every endpoint and links only to what is there', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { tag, name } of operations) expect(ids).toContain(`${tag}.${name}`)
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
  })

  it('shows access, fields, limits and errors', () => {
    for (const text of [
      'note:write',
      'If-Match',
      '2 per 1m for each ip',
      'note/title-taken',
      'Another note has this title.',
      'assurance level 2',
    ]) {
      expect(page).toContain(text)
    }
    expect(page).toMatch(/<code>title<\/code><\/th><td>string/)
    expect(page).toMatch(/<code>limit<\/code><\/th><td>integer 1-100, optional, default <code>50<\/code>/)
  })

  it('runs no script and loads nothing, and its style is the one that the policy admits', () => {
    expect(page).not.toMatch(/<script|<link|<img| on\w+=| style=|javascript:/i)
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page) ?? []
    expect(style).toBe(docsStyle)
    expect(docsPolicy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
  })

  it('escapes what contracts say', () => {
    const hostile = defineContract('<b>', '/x', {
      get: {
        method: 'GET',
        path: '',
        access: anyone,
        summary: '"><script>alert(1)</script>',
        success: ok(z.object({ '<i>': z.string() })),
      },
    })
    const text = docsPage(operationsOf(hostile), { ...about, title: "<img src=x onerror='1'>" })
    expect(text).not.toMatch(/<b>|<script>|<i>|<img/)
    expect(text).toContain('&lt;script&gt;')
  })
})
