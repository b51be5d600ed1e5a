import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Tour } from '../tour/tour.ts'

const chromium = '/usr/bin/chromium'
const folder = fileURLToPath(new URL('../../../../node_modules/.cache/corbel-status-drill/', import.meta.url))

/** Photographs pages that were kept, by their names. Without Chromium it does nothing. */
export async function photograph(tour: Tour, pages: Readonly<Record<string, string>>): Promise<void> {
  if (!existsSync(chromium)) return
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, html] of Object.entries(pages)) {
    const page = join(folder, `${name}.html`)
    writeFileSync(page, html)
    await promisify(execFile)(
      chromium,
      [
        '--headless',
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--window-size=900,1000',
        `--screenshot=${join(folder, `${name}.png`)}`,
        `file://${page}`,
      ],
      { timeout: 30_000 },
    )
  }
  tour.tell(`photographs of the page in ${folder}`)
}
