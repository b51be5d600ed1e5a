import { before, systemClock } from '@corbel/core'
import type { SigningKeyStanding } from '../config.ts'
import type { Finding } from './finding.ts'

/** Where a rotation was forgotten. */
export function keyFindings(standings: readonly SigningKeyStanding[]): readonly Finding[] {
  const now = systemClock.now()
  // A year is longer than any advice for keys that sign access tokens, a week than any wait of a rotation, a month than any token lives.
  const [old, forgotten, left] = [before(now, '365d'), before(now, '7d'), before(now, '30d')]
  const found = standings.flatMap(({ kid, state, createdAt, retiredAt }): readonly Finding[] => {
    if (state === 'active' && createdAt < old)
      return [
        keyFinding('old', kid, 'has signed for more than a year', 'Rotate it; nobody is signed out by that.'),
      ]
    if (state === 'published' && createdAt < forgotten)
      return [
        keyFinding('waiting', kid, 'was published a week ago and signs nothing', 'Go on with the rotation.'),
      ]
    if (state === 'retired' && retiredAt !== null && retiredAt < left)
      return [
        keyFinding('left', kid, 'was replaced a month ago and still verifies', 'Go on with the rotation.'),
      ]
    return []
  })
  if (standings.some(({ state }) => state === 'active')) return found
  return [
    {
      id: 'keys.none-active',
      severity: 'error',
      subject: 'signing keys',
      what: 'are there, and none of them signs',
      fix: 'Activate one.',
      next: 'corbel auth keys list',
    },
  ]
}

const keyFinding = (id: string, subject: string, what: string, fix: string): Finding => ({
  id: `keys.${id}`,
  severity: 'warning',
  subject,
  what,
  fix,
  next: 'corbel auth keys rotate',
})
