import { describe, expect, it } from 'vitest'
import { standInProblems } from './stand-ins.ts'
import { refuseStart, StartRefused } from './start-report.ts'

const adapters = {
  storage: {
    adapter: {
      name: 'pglite',
      standIn: { setting: 'DATABASE_URL', fix: 'Set DATABASE_URL to a Postgres server.' },
    },
  },
  logger: { adapter: { name: 'pino' } },
}

describe('standInProblems', () => {
  it('is silent outside production', () => {
    expect([...standInProblems('local', adapters), ...standInProblems('staging', adapters)]).toEqual([])
  })

  it('names the port, the stand-in and the setting, and nothing else', () => {
    expect(() => refuseStart('production', standInProblems('production', adapters))).toThrow(StartRefused)
    expect(new StartRefused('production', standInProblems('production', adapters)).message).toBe(
      `The stack does not start with the profile "production": 1 problem.

  storage is served by the embedded stand-in "pglite".
    why:     Stand-ins serve one process and keep no promise that production needs.
    fix:     Set DATABASE_URL to a Postgres server.`,
    )
  })

  it('names the setting when the remedy does not', () => {
    const problems = standInProblems('production', {
      mailer: {
        adapter: { name: 'inbox', standIn: { setting: 'RESEND_EMAIL_ENABLED', fix: 'Use a real mailer.' } },
      },
    })
    expect(problems[0]?.fix).toBe('Use a real mailer (setting RESEND_EMAIL_ENABLED).')
  })

  it('refuses nothing without problems', () => {
    expect(() => refuseStart('production', [])).not.toThrow()
  })
})
