/** Numbers that may be used once. */
export interface NonceRepository {
  /**
   * Uses one up, in one statement; it stays used until `expiresAt` at least. Of concurrent callers one gets true. In a transaction
   * that fails it is as if it had not been used.
   *
   * @param digest - Of the number and of what it is for.
   */
  claim(digest: string, expiresAt: Date): Promise<boolean>
  /** Forgets those that expired before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
