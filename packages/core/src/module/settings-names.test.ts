import { describe, expect, it } from 'vitest'
import { nearest, unknownNames } from './settings-names.ts'

describe('nearest', () => {
  it.each([
    ['CORBEL_PROFIL', 'CORBEL_PROFILE'],
    ['CORBEL_DATADIR', 'CORBEL_DATA_DIR'],
    ['corbel_profile', 'CORBEL_PROFILE'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['PORTS', 'PORT'],
    ['PROT', undefined],
    ['CORBEL_PARTY', undefined],
    ['', undefined],
  ])('%s -> %s', (name, expected) => {
    expect(nearest(name, ['CORBEL_PROFILE', 'CORBEL_DATA_DIR', 'DATABASE_URL', 'PORT'])).toBe(expected)
  })
})

describe('unknownNames', () => {
  it('warns only about names that look like settings', () => {
    const present = ['PATH', 'CORBEL_ZZZ', 'CORBEL_PROFIL', 'CORBEL_PROFILE', 'CORBEL_TEST_DATABASE_URL']
    expect(unknownNames(present, new Set(['CORBEL_PROFILE']))).toEqual([
      'CORBEL_PROFIL is not a setting, so it has no effect. Did you mean CORBEL_PROFILE?',
      'CORBEL_ZZZ is not a setting, so it has no effect.',
    ])
  })
})
