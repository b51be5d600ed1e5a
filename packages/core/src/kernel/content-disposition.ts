/** `Content-Disposition` that saves under `fileName` (RFC 6266, RFC 8187), whatever the name holds. */
export function attachment(fileName: string): string {
  // Path separators and controls go: the name must not leave the download folder or the header.
  const name = fileName
    .toWellFormed()
    .replaceAll(/[\p{Cc}/\\]/gu, '_')
    .replace(/^\.+/, '_')
    .slice(0, 200)
    .toWellFormed()
  const plain = name.replaceAll(/[^\x20-\x7e]|["%]/g, '_')
  if (plain === name) return `attachment; filename="${plain}"`
  const extended = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended}`
}
