import { authRepositoriesConformance } from '@corbel/auth/ports'
import { manualClock } from '@corbel/core/ports'
import { tenantRepositoriesConformance } from '@corbel/core/tenant/ports'
import { afterAll, beforeAll, describe } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../../../test/storages.ts'
import { vitestSuite } from '../../../test/vitest-suite.ts'

describe.each(await backends())('%s', (backend) => {
  const clock = manualClock()
  let opened: OpenStorage

  beforeAll(async () => {
    opened = await openStorage(backend, { clock })
  }, openTimeout)
  afterAll(() => opened?.close())

  const fresh = async () => {
    await opened.clear()
    return opened.storage
  }

  describe('tenant', () => tenantRepositoriesConformance(vitestSuite, fresh))
  describe('auth', () => authRepositoriesConformance(vitestSuite, fresh))
})
