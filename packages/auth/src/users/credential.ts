/** A stored password: a PHC string over the peppered password, and which pepper it was. */
export interface Credential {
  readonly passwordHash: string
  readonly pepperId: string
}
