import type * as z from 'zod'
import type { FieldError } from '../kernel/errors.ts'

type Part = FieldError['part']

/** A JSON pointer (RFC 6901 §3) to what a path of keys names. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

// A hostile body can hold a million faults; nobody reads more than a few.
const most = 50

/** What zod found, as `errors[]` shows it. Received values are left out: any of them may be a secret. */
export function toFieldErrors(part: Part, issues: readonly z.core.$ZodIssue[]): readonly FieldError[] {
  const errors: FieldError[] = []
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, most)) {
        errors.push({
          part,
          pointer: pointerOf([...issue.path, key]).slice(0, 200),
          message: 'is not a known key',
        })
      }
    } else {
      errors.push({ part, pointer: pointerOf(issue.path).slice(0, 200), message: messageOf(issue) })
    }
    if (errors.length >= most) break
  }
  return errors.slice(0, most)
}

function messageOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}`
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value) ?? String(value)).join(' or ')}`
    case 'too_small':
      return `must be ${bound(issue, issue.inclusive ? 'at least' : 'more than', issue.minimum)}`
    case 'too_big':
      return `must be ${bound(issue, issue.inclusive ? 'at most' : 'less than', issue.maximum)}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_format':
      return issue.message.startsWith('must ') ? issue.message : `must be a valid ${issue.format}`
    case 'invalid_union':
      return 'fits none of the forms it may have'
    case 'invalid_key':
      return 'has a key that is not valid'
    case 'invalid_element':
      return 'has an element that is not valid'
    default:
      return issue.message
  }
}

const article = (type: string): string => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`

function bound(issue: { readonly origin: string }, comparison: string, limit: number | bigint): string {
  const unit = { string: ' characters long', array: ' items long', set: ' items long' }[issue.origin] ?? ''
  return `${comparison} ${limit}${unit}`
}
