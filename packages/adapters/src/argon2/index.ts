export { type Argon2Cost, argon2PasswordHasher } from './argon2-password-hasher.ts'
