/** RFC 9728 §3. */
export const resourceMetadataPath = '/.well-known/oauth-protected-resource'

/** Adds to a challenge where a client learns who issues tokens for this resource (RFC 9728 §5.1). */
export function addResourceMetadata(headers: Record<string, string>, url: string | undefined): void {
  const challenge = headers['www-authenticate']
  if (url === undefined || challenge === undefined || !challenge.startsWith('Bearer')) return
  headers['www-authenticate'] = `${challenge}${challenge === 'Bearer' ? ' ' : ', '}resource_metadata="${url}"`
}
