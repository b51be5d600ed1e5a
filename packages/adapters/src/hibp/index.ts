export { hibpBreachCheck, type HibpBreachCheckOptions } from './hibp-breach-check.ts'
