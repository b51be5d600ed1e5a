import { Socket } from 'node:net'

/**
 * Sends what was gathered as one piece. A statement is five messages, and to hand each of hundreds to the system by itself costs as
 * much as the system call; they are small, so copying them is next to nothing.
 */
export class GatheringSocket extends Socket {
  override _writev(
    chunks: readonly { readonly chunk: Uint8Array }[],
    done: (error?: Error | null) => void,
  ): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'buffer' as BufferEncoding, done)
  }
}
