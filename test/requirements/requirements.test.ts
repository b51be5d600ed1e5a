import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Requirement } from './requirement.ts'
import { unprovenRequirements } from './requirements-reporter.ts'
import { readReference, sorted, standards } from './requirements.ts'

const all = Object.entries(standards).flatMap(([standard, requirements]) =>
  sorted(requirements).map(([id, requirement]): [string, Requirement] => [`${standard} ${id}`, requirement]),
)
const tested = all.flatMap(([id, requirement]) =>
  'tests' in requirement ? requirement.tests.map((reference) => ({ id, ...readReference(reference) })) : [],
)

/** Demands that are not met. Nothing is added here without its reason in the table; what is met goes. */
const known = [
  'ASVS 5.0 6.3.5 L3',
  'ASVS 5.0 6.3.6 L3',
  'ASVS 5.0 6.5.5 L2',
  'ASVS 5.0 7.1.2 L2',
  'ASVS 5.0 7.1.3 L2',
  'ASVS 5.0 7.5.2 L2',
  'ASVS 5.0 10.3.5 L3',
  'ASVS 5.0 10.4.14 L3',
  'ASVS 5.0 10.4.16 L3',
  'RFC 9700 2.2.1',
  'RFC 9068 2.1 alg',
  'Billing pitfall 32',
]

/** How many clauses each section has: a table that forgets one is no table. */
const sections: Readonly<Record<string, number>> = {
  '6.1': 3,
  '6.2': 12,
  '6.3': 8,
  '6.4': 6,
  '6.5': 8,
  '6.6': 4,
  '6.7': 2,
  '6.8': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 3,
  '7.6': 2,
  '9.1': 3,
  '9.2': 4,
  '10.1': 2,
  '10.2': 3,
  '10.3': 5,
  '10.4': 16,
  '10.5': 5,
  '10.6': 2,
  '10.7': 3,
}

describe('the table of requirements', () => {
  it('has every clause of chapters 6, 7, 9 and 10 of the ASVS', () => {
    const ids = Object.keys(standards['ASVS 5.0'] ?? {}).map((id) => id.replace(/ L[123]$/, ''))
    const expected = Object.entries(sections).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, index) => `${section}.${index + 1}`),
    )
    expect(ids.toSorted()).toEqual(expected.toSorted())
  })

  it('has every kind of bad input that tenants, webhooks, mails and the status page meet', () => {
    expect(Object.keys(standards['Bad input'] ?? {})).toHaveLength(9)
  })

  it('has all 40 pitfalls of billing', () => {
    const numbers = Object.keys(standards['Billing pitfall'] ?? {}).map(Number)
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  })

  it('names files that there are', () => {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    expect(tested.filter(({ file, text }) => text === '' || !existsSync(`${root}/${file}`))).toEqual([])
  })

  it('leaves open only what is known to be', () => {
    expect(all.filter(([, requirement]) => 'open' in requirement).map(([id]) => id)).toEqual(known)
  })

  it('says why where there is no test', () => {
    const reasons = all.flatMap(([, requirement]) => {
      if ('open' in requirement) return [requirement.open]
      return 'notApplicable' in requirement ? [requirement.notApplicable] : []
    })
    expect(reasons.filter((reason) => !/^\w.{10,}\.$/.test(reason))).toEqual([])
  })
})

describe('a run', () => {
  const passed = tested.map(({ file, text }) => ({
    file,
    name: `a suite > ${text}`,
    state: 'passed' as const,
  }))

  it('in which every test passed proves all', () => {
    expect(unprovenRequirements(passed)).toEqual([])
  })

  it.each(['failed', 'skipped'] as const)('in which a test was %s proves less', (state) => {
    const [first] = passed
    const [, ...others] = passed.filter(({ file, name }) => file !== first?.file || name !== first.name)
    const unproven = unprovenRequirements([...others, { file: '', name: '', ...first, state }])
    expect(unproven.length).toBeGreaterThan(0)
  })

  it('in which a test has another name proves less', () => {
    const renamed = passed.map((test) =>
      test.name.includes('breach check') ? { ...test, name: 'a suite > something else' } : test,
    )
    expect(unprovenRequirements(renamed)).toEqual([expect.stringContaining('ASVS 5.0 6.2.12 L2')])
  })

  it('of other files says nothing', () => {
    expect(unprovenRequirements([{ file: 'test/x.test.ts', name: 'x', state: 'passed' }])).toEqual([])
  })
})
