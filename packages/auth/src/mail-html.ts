const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (char) => entities[char] ?? char)

/** A mail's paragraphs as HTML; every one that is an address becomes a link. */
export function htmlMail(paragraphs: readonly string[]): string {
  const body = paragraphs.map((paragraph) => {
    const text = escapeHtml(paragraph)
    return /^https?:\/\/\S+$/.test(paragraph) ? `<p><a href="${text}">${text}</a></p>` : `<p>${text}</p>`
  })
  return `<!doctype html><html lang="en"><meta charset="utf-8"><body>${body.join('')}</body></html>`
}
