/** What a database server says of itself and of this connection. */
export interface DatabaseReport {
  /** Major version. */
  readonly version: number
  readonly encoding: string
  /** Whether the role sees through row-level security, as a superuser does. */
  readonly bypassesRowSecurity: boolean
  /** Whether it only reads, as a standby does. */
  readonly readOnly: boolean
  /** Null where there is no network between. */
  readonly tls: boolean | null
  readonly now: Date
  readonly connections: { readonly used: number; readonly most: number }
}

export interface RedisReport {
  readonly version: string
  /** What Redis does when its memory is full, such as `noeviction`. */
  readonly evictionPolicy: string
  readonly tls: boolean
  readonly authenticated: boolean
  /** `master` takes writes. */
  readonly role?: string
  /** Bytes; a limit of 0 is none. */
  readonly memory?: { readonly used: number; readonly most: number }
}
