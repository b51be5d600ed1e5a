// The bad control of the count of type instantiations: a union of 10,000 members, each of them taken apart.
type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
type Rest<T> = T extends `${infer _}${infer R}` ? R : never
type Numbers = `${Digit}${Digit}${Digit}${Digit}`

export const heavy: Rest<`a${Numbers}`> = '0000'
