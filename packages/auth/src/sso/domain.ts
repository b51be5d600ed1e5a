import * as z from 'zod'

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'

/** A host name of two labels or more as the name system writes it (RFC 1035 §2.3.1), in lower case. */
export const Domain = z
  .string()
  .max(253)
  .overwrite((value) => value.toLowerCase())
  .regex(new RegExp(`^(?:${label}\\.)+${label}$`), 'must be a domain such as example.com')
  // An address written with numbers is no name.
  .refine((value) => !/\.\d+$/.test(value), 'must be a domain such as example.com')

/** The domain of an address that is stored. */
export const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1)

export const NewDomain = z.strictObject({ domain: Domain })
export type NewDomain = z.infer<typeof NewDomain>

/** A domain of a tenant, and the record by which the tenant proves that it is theirs. */
export const DomainProof = z.object({
  domain: z.string(),
  /** Null while the record was not found. */
  verifiedAt: z.iso.datetime().nullable(),
  /** The TXT record to publish. */
  record: z.object({ name: z.string(), value: z.string() }),
})
export type DomainProof = z.infer<typeof DomainProof>

export const DomainList = z.object({ data: z.array(DomainProof).readonly() })
export type DomainList = z.infer<typeof DomainList>
