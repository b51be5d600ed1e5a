const encoder = new TextEncoder()

/** SHA-256 of the text in base64url. */
export async function sha256(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === 'string' ? encoder.encode(data) : data
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return btoa(String.fromCharCode(...digest))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** SHA-256 of text that says what the bytes are, then the bytes. */
export async function sha256Of(head: string, bytes: Uint8Array): Promise<string> {
  const prefix = encoder.encode(`${head}\n`)
  const joined = new Uint8Array(prefix.length + bytes.length)
  joined.set(prefix)
  joined.set(bytes, prefix.length)
  return sha256(joined)
}
