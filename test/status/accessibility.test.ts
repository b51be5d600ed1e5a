import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type axe from 'axe-core'
import puppeteer, { type Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { quarter } from './quarter.fixture.ts'

const executablePath = '/usr/bin/chromium'
const folder = fileURLToPath(new URL('../../node_modules/.cache/corbel-status-page/', import.meta.url))
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

// Without a browser there is nothing to prove it with.
describe.skipIf(!existsSync(executablePath))('the status page in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser
  let html: string

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    html = (await quarter((component, day) => (component * 7 + day) % 31 === 0)).html
    browser = await puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  }, 60_000)
  afterAll(() => browser?.close())

  test.each(['light', 'dark'])('has no violation in %s, and looks as kept', async (scheme) => {
    const page = await browser.newPage()
    await page.setViewport({ width: 900, height: 1200 })
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    await page.setContent(html)
    await page.screenshot({ path: `${folder}${scheme}.png`, fullPage: true })
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(background).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(17, 22, 29)')
    await page.addScriptTag({ path: axePath })
    const { violations, passes } = (await page.evaluate('axe.run()')) as axe.AxeResults
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    expect(passes.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'color-contrast',
        'landmark-one-main',
        'svg-img-alt',
        'page-has-heading-one',
        'region',
      ]),
    )
  })
})
