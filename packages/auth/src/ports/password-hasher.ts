/** Slow, memory-hard hashing of what a person typed. Pepper and normalization are the caller's. */
export interface PasswordHasher {
  /** A PHC string with a fresh salt: algorithm, parameters, salt and hash. */
  hash(password: string): Promise<string>
  /** False for a wrong password and for a string that is not a hash of a known algorithm; takes the same work either way where it can. */
  verify(password: string, phc: string): Promise<boolean>
  /** Whether the string was made with weaker or other parameters than `hash` uses now. */
  needsRehash(phc: string): boolean
}
