/**
 * Headers of every answer. `Cross-Origin-Resource-Policy` only concerns requests without CORS (Fetch §3.7), so an allowed
 * origin still reads answers.
 *
 * @param publicUrl - With `https:` browsers are told to stay there (RFC 6797).
 */
export function securityHeaders(publicUrl: string): Readonly<Record<string, string>> {
  return {
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(publicUrl.startsWith('https:') && {
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    }),
  }
}
