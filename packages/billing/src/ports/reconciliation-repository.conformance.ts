import type { Suite } from '@corbel/core/ports'
import type { ReconciliationMark } from './reconciliation-repository.ts'
import { type BillingStorage, now } from './samples.conformance.ts'

/** The law of `ReconciliationRepository`. `fresh` gives an empty storage for each test. */
export function reconciliationRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<BillingStorage>,
): void {
  test('the mark of an account is the one that was saved last', async () => {
    const { reconciliations } = (await fresh()).repositories.billing
    expect(await reconciliations.find('self')).toBe(null)
    const begun: ReconciliationMark = {
      account: 'self',
      reachedAt: now,
      pass: { startedAt: new Date('2026-03-01T12:00:00.007Z'), cursor: 'events:1:evt_1' },
    }
    await reconciliations.save(begun)
    await reconciliations.save({ account: 'acct_2', reachedAt: now, pass: null })
    expect(await reconciliations.find('self')).toEqual(begun)
    await reconciliations.save({ ...begun, pass: null })
    expect(await reconciliations.find('self')).toEqual({ ...begun, pass: null })
  })
}
