import * as z from 'zod'

/** RFC 6749 §3.2: a parameter without a value counts as absent, and one that is not known is ignored. */
const parameter = z
  .string()
  .max(8192)
  .optional()
  .transform((value) => value || undefined)

/** How a client proves who it is, where that is not in `Authorization` (RFC 6749 §2.3.1, RFC 7521 §4.2). */
const client = {
  client_id: parameter,
  client_secret: parameter,
  client_assertion: parameter,
  client_assertion_type: parameter,
}

export const TokenRequest = z.looseObject({
  ...client,
  grant_type: parameter,
  scope: parameter,
  refresh_token: parameter,
  /** RFC 8707. */
  resource: parameter,
})
export type TokenRequest = z.infer<typeof TokenRequest>

/** RFC 6749 §5.1. */
export const TokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  /** Seconds. */
  expires_in: z.int(),
  scope: z.string(),
  refresh_token: z.string().optional(),
})
export type TokenAnswer = z.infer<typeof TokenAnswer>

/** RFC 7662 §2.1, RFC 7009 §2.1. */
export const PresentedToken = z.looseObject({ ...client, token: parameter, token_type_hint: parameter })
export type PresentedToken = z.infer<typeof PresentedToken>

/** RFC 7662 §2.2. */
export const Introspection = z.object({
  active: z.boolean(),
  iss: z.string().optional(),
  sub: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  client_id: z.string().optional(),
  scope: z.string().optional(),
  iat: z.int().optional(),
  exp: z.int().optional(),
  jti: z.string().optional(),
  tid: z.string().optional(),
  token_type: z.literal('Bearer').optional(),
})
export type Introspection = z.infer<typeof Introspection>

/** RFC 8414 §2. */
export const ServerMetadata = z.object({
  issuer: z.string(),
  token_endpoint: z.string(),
  introspection_endpoint: z.string(),
  revocation_endpoint: z.string(),
  jwks_uri: z.string(),
  scopes_supported: z.array(z.string()),
  /** None: there is no authorization endpoint. */
  response_types_supported: z.array(z.string()),
  grant_types_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
  introspection_endpoint_auth_methods_supported: z.array(z.string()),
  introspection_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
  revocation_endpoint_auth_methods_supported: z.array(z.string()),
  revocation_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
  service_documentation: z.string(),
})
export type ServerMetadata = z.infer<typeof ServerMetadata>

/** RFC 9728 §2. */
export const ResourceMetadata = z.object({
  resource: z.string(),
  authorization_servers: z.array(z.string()),
  scopes_supported: z.array(z.string()),
  bearer_methods_supported: z.array(z.string()),
  resource_documentation: z.string(),
})
export type ResourceMetadata = z.infer<typeof ResourceMetadata>
