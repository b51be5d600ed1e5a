import { race, racers, type Suite, winners } from '@corbel/core/ports'
import { type AuthStorage, recorded, sampleEvent, storedMember } from './samples.conformance.ts'

/** The law of `MfaPolicyRepository`. `fresh` gives an empty storage for each test. */
export function mfaPolicyRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  test('a policy is found as it was set, for its tenant only, and sign-in learns it', async () => {
    const storage = await fresh()
    const { mfaPolicies, users } = storage.repositories.auth
    const { tenantId, userId } = await storedMember(storage)
    const other = await storedMember(storage)
    expect(await mfaPolicies.find(tenantId)).toBe('optional')
    for (const policy of ['required', 'off'] as const) {
      await mfaPolicies.put(tenantId, policy, [{ ...sampleEvent('set', { policy }), tenantId }])
      expect(await mfaPolicies.find(tenantId)).toBe(policy)
      expect((await users.findForSignInById(userId))?.memberships).toMatchObject([{ tenantId, mfa: policy }])
    }
    expect(await mfaPolicies.find(other.tenantId)).toBe('optional')
    expect((await recorded(storage)).map(({ payload }) => payload)).toEqual([
      { policy: 'required' },
      { policy: 'off' },
    ])
  })

  test('concurrent callers all set it, and each records', async () => {
    const storage = await fresh()
    const { mfaPolicies } = storage.repositories.auth
    const { tenantId } = await storedMember(storage)
    const set = () => mfaPolicies.put(tenantId, 'required', [{ ...sampleEvent('set'), tenantId }])
    expect(winners(await race(set))).toHaveLength(racers)
    expect(await mfaPolicies.find(tenantId)).toBe('required')
    expect(await recorded(storage)).toHaveLength(racers)
  })
}
