import { expect, test } from 'vitest'
import { definePermissions } from './define-permissions.ts'
import { defineModule } from './module.ts'
import { moduleCatalogs, permissionsOf } from './module-catalogs.ts'

const reading = (scope: `${string}:${string}`) =>
  definePermissions({ read: { scope, summary: 'Read', from: 'viewer' } })
const moduleOf = (name: string) => defineModule({ name, services: () => ({}) })

test('two modules may use one key for their permissions without losing either', () => {
  const permissions = permissionsOf({
    notes: { permissions: reading('notes:read') },
    files: { permissions: reading('files:read') },
  })
  expect(permissions.map(({ scope }) => scope)).toEqual(['notes:read', 'files:read'])
})

test('a scope that is declared twice stops the boot', () => {
  const twice = { a: { permissions: reading('notes:read') }, b: { permissions: reading('notes:read') } }
  expect(() => permissionsOf(twice)).toThrow('"notes:read" is declared twice')
})

test('two modules with one name stop the boot', () => {
  expect(() => moduleCatalogs({}, [moduleOf('notes'), moduleOf('notes')])).toThrow('called "notes"')
  expect(() => moduleCatalogs({}, [moduleOf('core')])).toThrow('called "core"')
})
