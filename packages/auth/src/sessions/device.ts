import * as z from 'zod'

/** What a user agent says that it is; null for what is not known. For people to recognise, never to decide by. */
export const Device = z.object({ browser: z.string().nullable(), platform: z.string().nullable() })
export type Device = z.infer<typeof Device>

// The first that matches counts: Edge and Opera also say Chrome, Chrome also says Safari, Android also says Linux.
const browsers = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|OPT)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
] as const

const platforms = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac(?:intosh| OS X)\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
] as const

export const deviceOf = (userAgent: string | null): Device => ({
  browser: nameIn(browsers, userAgent),
  platform: nameIn(platforms, userAgent),
})

const nameIn = (table: readonly (readonly [RegExp, string])[], userAgent: string | null): string | null =>
  table.find(([form]) => userAgent !== null && form.test(userAgent))?.[1] ?? null

/** Such as "Firefox on Linux". */
export const deviceName = ({ browser, platform }: Device): string =>
  browser === null && platform === null
    ? 'an unknown device'
    : [browser ?? 'an unknown browser', platform].filter((name) => name !== null).join(' on ')
