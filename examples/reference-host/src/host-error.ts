/** Something that whoever runs the host can put right. The message says what happened and how to fix it. */
export class HostError extends Error {
  override readonly name = 'HostError'
}
