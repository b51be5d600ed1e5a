export type ErrorStatus =
  | 400
  | 401
  | 402
  | 403
  | 404
  | 405
  | 406
  | 408
  | 409
  | 410
  | 412
  | 413
  | 415
  | 422
  | 423
  | 428
  | 429
  | 431
  | 503

/** What the outside world may learn about a failure. */
export interface ErrorSpec {
  readonly status: ErrorStatus
  /** What happened, the same text for every occurrence (RFC 9457 §3.1.3). */
  readonly title: string
  /** How the caller can put it right. */
  readonly fix: string
}

/** Where in the request a fault lies: a JSON pointer (RFC 6901) into the part, and what is wrong there. */
export interface FieldError {
  readonly part: 'body' | 'query' | 'params' | 'headers'
  readonly pointer: string
  readonly message: string
}

/** What a tenant may use of something, and has. */
export interface QuotaLimit {
  /** Of the plan that sets the limit; null where the tenant has none. */
  readonly planCode: string | null
  readonly featureKey: string
  /** `hard` refuses what is more, `soft` only tells. */
  readonly limitType: 'hard' | 'soft'
  readonly limitValue: number
  /** Spent and reserved. */
  readonly usage: number
  /** What counting is for: the period of the subscription, or for as long as the tenant exists. */
  readonly window: 'period' | 'tenant'
  /** When counting begins anew, as ISO 8601; null for never. */
  readonly resetAt: string | null
}

export interface ErrorDetails {
  /** What is particular to this occurrence; shown to the caller, so never a secret or an internal name. */
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  /** The limit that was reached, where one was. */
  readonly quota?: QuotaLimit
  /** Seconds until a retry can succeed; becomes `Retry-After`. */
  readonly retryAfter?: number
  /** Response headers that belong to this failure, such as `Allow` or `WWW-Authenticate`. */
  readonly headers?: Readonly<Record<string, string>>
}

/** An expected failure. Anything thrown that is not a `DomainError` is a bug and becomes a 500. */
export class DomainError<Code extends string = string> extends Error {
  readonly code: Code
  readonly status: ErrorStatus
  readonly fix: string
  readonly details: ErrorDetails

  constructor(code: Code, spec: ErrorSpec, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(spec.title, options)
    this.name = 'DomainError'
    this.code = code
    this.status = spec.status
    this.fix = spec.fix
    this.details = details
  }
}

export interface ErrorFactory<Code extends string = string> extends ErrorSpec {
  (details?: ErrorDetails, options?: ErrorOptions): DomainError<Code>
  readonly code: Code
}

type Kebab<S extends string, First extends boolean = true> = S extends `${infer C}${infer Rest}`
  ? C extends Uppercase<C>
    ? C extends Lowercase<C>
      ? `${C}${Kebab<Rest, false>}`
      : `${First extends true ? '' : '-'}${Lowercase<C>}${Kebab<Rest, false>}`
    : `${C}${Kebab<Rest, false>}`
  : ''

export type ErrorCatalog<Domain extends string = string, Specs = Record<string, ErrorSpec>> = {
  readonly [K in keyof Specs & string]: ErrorFactory<`${Domain}/${Kebab<K>}`>
}

/** Declares every expected failure of a module in one place; a key `emailTaken` of domain `auth` gets the code `auth/email-taken`. */
export function defineErrors<const Domain extends string, const Specs extends Record<string, ErrorSpec>>(
  domain: Domain,
  specs: Specs,
): ErrorCatalog<Domain, Specs> {
  const entries = Object.entries(specs).map(([key, spec]) => {
    const code = `${domain}/${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`
    const make = (details?: ErrorDetails, options?: ErrorOptions) => {
      const error = new DomainError(code, spec, details, options)
      Error.captureStackTrace?.(error, make)
      return error
    }
    return [key, Object.assign(make, { code, ...spec })]
  })
  return Object.fromEntries(entries) as ErrorCatalog<Domain, Specs>
}
