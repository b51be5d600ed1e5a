export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export async function post(url: string, path: string, body: object, token?: string): Promise<Answer> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

export async function get(url: string, path: string, token: string): Promise<Answer> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

export const register = (url: string, email: string, password: string): Promise<Answer> =>
  post(url, '/api/v1/auth/register', { email, password, tenantName: `Tenant of ${email}`, acceptTerms: true })

/** The access token; undefined when the answer was another. */
export async function signIn(url: string, email: string, password: string): Promise<string | undefined> {
  const { body } = await post(url, '/api/v1/auth/token', { email, password })
  return body['accessToken'] as string | undefined
}
