import type { Difference } from '../tools/payment-tools.ts'

export const differenceLine = ({ type, id, field, from, to }: Difference): string =>
  `${type} ${id}  ${field}: ${JSON.stringify(from) ?? 'absent'} -> ${JSON.stringify(to) ?? 'absent'}`
