/** What start-up, readiness and reports say of an adapter. */
export interface AdapterInfo {
  /** The technology, such as `postgres`. */
  readonly name: string
  /** Set on embedded stand-ins, which the production profile refuses: how to replace this one. */
  readonly standIn?: { readonly setting: string; readonly fix: string }
}

/** What every adapter of every port has in common. */
export interface PortAdapter {
  readonly adapter: AdapterInfo
  /** One cheap round trip that proves the thing behind the port answers. Rejects when it does not. */
  check?(): Promise<void>
  /** Releases what the adapter itself opened; never a client it was given. */
  close?(): Promise<void>
}
