export { check as action } from './env-inventory.ts'
