// Sums of usage are money in the end: exact, on text, never in doubles.

const places = 12
const unit = 10n ** BigInt(places)

/** A decimal number with at most 15 digits, 12 of them after the point: what payment providers take. */
export const isDecimal = (value: string): boolean =>
  /^-?(0|[1-9]\d{0,14})(\.\d{1,12})?$/.test(value) && value.replaceAll(/^-?0?\.?0*|[.-]/g, '').length <= 15

const toUnits = (value: string): bigint => {
  const isNegative = value.startsWith('-')
  const [whole = '0', fraction = ''] = value.replace('-', '').split('.')
  const units = BigInt(whole) * unit + BigInt(fraction.padEnd(places, '0'))
  return isNegative ? -units : units
}

function toText(units: bigint): string {
  const size = units < 0n ? -units : units
  const fraction = String(size % unit)
    .padStart(places, '0')
    .replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${size / unit}${fraction === '' ? '' : `.${fraction}`}`
}

/** The one way in which this package writes a number: `1.50` is `1.5`, and `-0` is `0`. */
export const plainDecimal = (value: string): string => toText(toUnits(value))

export const sumOf = (values: readonly string[]): string =>
  toText(values.reduce((sum, value) => sum + toUnits(value), 0n))
