import type { Requirement } from '../../test/requirements/requirement.ts'
import { readReference, sorted, standards } from '../../test/requirements/requirements.ts'
import { page, plain, table } from './markdown.ts'

function proof(requirement: Requirement): string {
  if ('open' in requirement) return `**Open.** ${plain(requirement.open)}`
  if ('notApplicable' in requirement) return `Not applicable. ${plain(requirement.notApplicable)}`
  return requirement.tests
    .map((reference) => {
      const { file, text } = readReference(reference)
      return `[${plain(text)}](../../${file})`
    })
    .join('<br>')
}

/** Every demand of the standards with the tests that hold it, or the reason why there is none. */
export function securityPage(): string {
  const all = Object.values(standards).flatMap((requirements) => Object.values(requirements))
  const count = (kind: 'tests' | 'open' | 'notApplicable') => all.filter((one) => kind in one).length
  return page(
    'Security requirements',
    'What the authentication and OAuth standards ask for, what agents must withstand, and the tests that show it. A run in which one of these tests is missing or fails is a failed run.',
    `${all.length} requirements: ${count('tests')} shown by tests, ${count('open')} open, ${count('notApplicable')} not applicable.`,
    ...Object.entries(standards).flatMap(([standard, requirements]) => [
      `## ${standard}`,
      table(
        ['clause', 'asks for', 'shown by'],
        sorted(requirements).map(([id, requirement]) => [id, plain(requirement.says), proof(requirement)]),
      ),
    ]),
  )
}
