/** Whether a password is known from a breach, asked of somebody else. It must not learn the password. */
export interface BreachCheck {
  /** Rejects when the other side does not answer. */
  isBreached(password: string): Promise<boolean>
}
