/** A stored password: a PHC string over the peppered password, and which pepper it was. */
export interface Credential {
  readonly passwordHash: string
  readonly pepperId: string
}

/** Of a hash that another system made: it is over the password as typed. No pepper of a ring has this id. */
export const unpeppered = ''
