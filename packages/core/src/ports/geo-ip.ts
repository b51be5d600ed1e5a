import type { PortAdapter } from './adapter.ts'

/** Where an address is, roughly. What is not known is null; names are for people to read, in whatever language the source has. */
export interface GeoLocation {
  readonly city: string | null
  /** Such as a state or a county. */
  readonly region: string | null
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string | null
}

/**
 * Says where an address probably is, as a hint for people ("signed in from Brno"); never a reason to let somebody in. Never
 * throws and never rejects: whatever fails, the answer is null.
 */
export interface GeoIp extends PortAdapter {
  /**
   * Null when nothing is known, also for private addresses and for what is no address. An IPv4-mapped IPv6 address is that
   * IPv4 address.
   */
  lookup(ip: string): Promise<GeoLocation | null>
}
