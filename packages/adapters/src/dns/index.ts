export { dnsDomainVerifier, type DnsDomainVerifierOptions } from './dns-domain-verifier.ts'
