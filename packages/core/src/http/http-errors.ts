import { defineErrors } from '../kernel/errors.ts'

/** Failures that the HTTP layer itself finds, before or instead of a handler. */
export const HttpErrors = defineErrors('http', {
  notFound: {
    status: 404,
    title: 'There is nothing at this address.',
    fix: 'Compare the path with the reference at /docs; paths are case-sensitive and have no trailing slash.',
  },
  methodNotAllowed: {
    status: 405,
    title: 'This address does not take this method.',
    fix: 'Use one of the methods that the Allow header lists.',
  },
  invalidPath: {
    status: 400,
    title: 'The path is not in canonical form.',
    fix: 'Send the path without empty, "." or ".." segments, backslashes, control characters or encoded slashes, percent-encoded as UTF-8 and at most 2,048 characters long.',
  },
  invalidRequest: {
    status: 400,
    title: 'The request does not fit the contract.',
    fix: 'Correct what errors[] lists; each entry says where it is and what is expected there.',
  },
  malformedJson: {
    status: 400,
    title: 'The body is not valid JSON.',
    fix: 'Send one JSON document in UTF-8 without a byte order mark, repeated keys, NUL, lone surrogates or numbers out of range.',
  },
  unsupportedMediaType: {
    status: 415,
    title: 'The body has a media type that this address does not take.',
    fix: 'Send the media type named in detail, uncompressed and in UTF-8.',
  },
  bodyTooLarge: {
    status: 413,
    title: 'The body is too large.',
    fix: 'Send at most as many bytes as detail says, or split the request.',
  },
  bodyTooDeep: {
    status: 400,
    title: 'The body is nested too deeply.',
    fix: 'Nest arrays and objects at most 64 levels deep.',
  },
  bodyTooManyValues: {
    status: 400,
    title: 'The body holds too many values.',
    fix: 'Send at most 20,000 values, arrays and objects included, or split the request.',
  },
  unauthenticated: {
    status: 401,
    title: 'You are not signed in.',
    fix: 'Send "Authorization: Bearer <access token>" exactly once, or the session cookie where those are in use.',
  },
  invalidToken: {
    status: 401,
    title: 'The access token is not valid.',
    fix: 'Refresh the session or sign in again, then repeat the request with the new token.',
  },
  ambiguousCredentials: {
    status: 400,
    title: 'The request has more than one credential.',
    fix: 'Send either the session cookie, once, or an Authorization header.',
  },
  crossSite: {
    status: 403,
    title: 'A request with the session cookie must come from the product itself.',
    fix: 'Call from a page of APP_PUBLIC_URL with fetch, which sends Origin and Sec-Fetch-Site; elsewhere use bearer mode.',
  },
  cookieModeOff: {
    status: 400,
    title: 'Sessions in cookies are turned off here.',
    fix: 'Leave Session-Transport out and keep the tokens, or have cookie mode turned on in the settings.',
  },
  forbidden: {
    status: 403,
    title: 'You may not do this.',
    fix: 'Use an account that may, or ask whoever administers this service.',
  },
  personRequired: {
    status: 403,
    title: 'Only a signed-in person may do this.',
    fix: 'Sign in and use that access token: a service account or an API key will not do here.',
  },
  missingScope: {
    status: 403,
    title: 'You lack a permission for this.',
    fix: 'Ask an owner or admin of the tenant for a role, or an API key, with the permission that detail names.',
  },
  emailUnverified: {
    status: 403,
    title: 'Your e-mail address is not verified yet.',
    fix: 'Open the link in the verification mail, or ask for a new one, then refresh the session.',
  },
  tenantMismatch: {
    status: 403,
    title: 'X-Tenant-Id names another tenant than the credential.',
    fix: 'Leave the header out, or sign in to that tenant: the tenant is taken from the credential alone.',
  },
  assuranceRequired: {
    status: 401,
    title: 'This needs a stronger or more recent sign-in.',
    fix: 'Authenticate again as the WWW-Authenticate header asks (RFC 9470), then repeat the request.',
  },
  rateLimited: {
    status: 429,
    title: 'Too many requests.',
    fix: 'Wait as many seconds as Retry-After says, then repeat the request.',
  },
  notInPerson: {
    status: 403,
    title: 'Only the user themselves may do this, not somebody in their name.',
    fix: 'End the impersonation and leave this to the user.',
  },
  preconditionRequired: {
    status: 428,
    title: 'This change needs the version it is based on.',
    fix: 'Read the resource and send its ETag in If-Match.',
  },
  preconditionFailed: {
    status: 412,
    title: 'The resource has changed since you read it.',
    fix: 'Read the resource again, repeat your change on it, and send the new ETag in If-Match.',
  },
  idempotencyKeyInvalid: {
    status: 400,
    title: 'The Idempotency-Key is not valid.',
    fix: 'Send one key of 1 to 255 visible ASCII characters, such as a UUID.',
  },
  idempotencyKeyReused: {
    status: 422,
    title: 'This Idempotency-Key belongs to a different request.',
    fix: 'Use a new key for a new request; repeat a request byte for byte under its own key.',
  },
  idempotencyInFlight: {
    status: 409,
    title: 'A request with this Idempotency-Key is still running.',
    fix: 'Wait as many seconds as Retry-After says, then repeat the request with the same key.',
  },
})
