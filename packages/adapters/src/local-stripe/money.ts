/** `amount × quantity` in whole units, halves away from zero; both are decimals in text. */
export function multiplied(amount: string, quantity: string): number {
  const a = scaled(amount)
  const b = scaled(quantity)
  const divisor = 10n ** BigInt(a.places + b.places)
  const product = a.digits * b.digits
  const half = product < 0n ? -divisor / 2n : divisor / 2n
  return Number((product + half) / divisor)
}

/** The sum of decimals in text. */
export function summed(values: readonly string[]): string {
  const parts = values.map(scaled)
  const places = Math.max(0, ...parts.map((part) => part.places))
  const sum = parts.reduce((total, part) => total + part.digits * 10n ** BigInt(places - part.places), 0n)
  const text = (sum < 0n ? -sum : sum).toString().padStart(places + 1, '0')
  const decimals = places === 0 ? '' : `.${text.slice(-places)}`
  return `${sum < 0n ? '-' : ''}${text.slice(0, text.length - places)}${decimals}`
}

function scaled(text: string): { readonly digits: bigint; readonly places: number } {
  const [whole = '0', decimals = ''] = text.split('.')
  return { digits: BigInt(whole + decimals), places: decimals.length }
}
