import { text } from '../kernel/text.ts'

/** Text that goes into subjects, headings and feeds: a line break or another control character would begin something else. */
export const oneLine = (max: number) =>
  text({ max }).refine(
    (value) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value),
    'must be one line without control characters',
  )
