/** Looks into the public name system. */
export interface DomainVerifier {
  /** The texts of all TXT records of a name; none when there is no such name. Rejects when it cannot be told. */
  listTexts(name: string): Promise<readonly string[]>
}
