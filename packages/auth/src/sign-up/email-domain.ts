/** The domain of an address in its stored form. */
export const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1)

/** Whether a domain is one of these, or below one. */
export const isWithin = (domain: string, domains: readonly string[]): boolean =>
  domains.some((other) => domain === other || domain.endsWith(`.${other}`))

/** For `listOf`: a domain, in the form in which addresses have theirs. */
export function domainName(item: string): string | undefined {
  const domain = item.toLowerCase().replace(/^@/, '')
  return /^(?=.{1,253}$)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/.test(domain) ? domain : undefined
}
