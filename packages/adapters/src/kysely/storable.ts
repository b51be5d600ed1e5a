/** What came back from elsewhere can hold anything; Postgres refuses NUL (SQLSTATE 22021). */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')
