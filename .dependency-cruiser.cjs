/**
 * The dependency rule, executed. Type imports count.
 *
 *   kernel <- ports, contract <- http <- module <- tenant, status <- auth, billing, … <- adapters (only …/ports) <- cli, examples
 *
 * Each rule is shown to fire by test/dependency-rule.test.ts.
 */
const test = '\\.(test|fixture)\\.ts$'
const modules = 'auth|billing|agents|automation'

const inCore = (layer, allowed) => ({
  from: { path: `^packages/core/src/${layer}/`, pathNot: test },
  to: { path: '^packages/core/src/', pathNot: `^packages/core/src/((${allowed})/|any\\.ts$)` },
})

const rules = {
  'no-cycles': { from: {}, to: { circular: true } },
  'imports-resolve': { from: {}, to: { couldNotResolve: true } },
  'imports-are-declared': {
    // The CLI is bundled, so that what it uses is inside it.
    from: { path: '^packages/(?!cli/)[^/]+/src/', pathNot: test },
    to: {
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
      dependencyTypesNot: ['npm', 'npm-peer'],
    },
  },

  'kernel-is-the-floor': inCore('kernel', 'kernel'),
  'ports-stand-on-the-kernel': inCore('ports', 'kernel|ports'),
  'contract-stands-on-the-kernel': inCore('contract', 'kernel|contract'),
  'http-stands-on-contracts-and-ports': inCore('http', 'kernel|ports|contract|http'),
  'module-stands-on-http': inCore('module', 'kernel|ports|contract|http|module'),
  'tenant-and-status-are-strangers': {
    from: { path: '^packages/core/src/(tenant|status)/' },
    to: { path: '^packages/core/src/(tenant|status)/', pathNot: '^packages/core/src/$1/' },
  },
  'core-root-exports-no-module': {
    from: { path: '^packages/core/src/(index|node)\\.ts$' },
    to: { path: '^packages/core/src/(tenant|status)/' },
  },
  'core-imports-no-package': { from: { path: '^packages/core/' }, to: { path: '^packages/(?!core/)' } },

  'siblings-are-strangers': {
    from: { path: `^packages/(${modules})/` },
    to: { path: `^packages/(${modules})/`, pathNot: '^packages/$1/' },
  },
  'modules-know-no-adapter': {
    from: { path: `^packages/(core|${modules})/` },
    to: { path: '^packages/adapters/' },
  },
  'adapters-see-only-ports': {
    from: { path: '^packages/adapters/src/', pathNot: test },
    to: { path: '^packages/(?!adapters/)[^/]+/src/', pathNot: '/ports/index\\.ts$' },
  },
  'the-cli-knows-the-core-alone': {
    // Modules and adapters are those of the stack that its configuration names.
    from: { path: '^packages/cli/src/', pathNot: test },
    to: { path: '^packages/(?!cli/|core/)' },
  },
  'packages-are-entered-through-exports': {
    from: { path: '^(packages/[^/]+|examples|test|scripts|bench)/' },
    to: { path: '^packages/[^/]+/src/', pathNot: ['^$1/', '/index\\.ts$', '^packages/core/src/node\\.ts$'] },
  },
  'nobody-imports-the-top': {
    from: { path: '^packages/(?!cli/)[^/]+/src/', pathNot: test },
    to: { path: '^(examples|scripts|bench|test|packages/cli)/' },
  },

  'contracts-hold-no-behaviour': {
    from: { path: '-contract\\.ts$' },
    to: { path: '^packages/.*(-(service|routes|module)\\.ts$|\\.memory\\.ts$|/http/)' },
  },
  'catalogues-only-declare': {
    from: {
      path: '-(errors|events|jobs|metrics|permissions|settings)\\.ts$',
      pathNot: '^packages/core/src/(http|module|contract)/',
    },
    to: { path: '^packages/.*(-(service|routes|module|contract)\\.ts$|\\.memory\\.ts$|/http/)' },
  },
  'services-know-no-http': {
    from: { path: '-service\\.ts$' },
    to: { path: '^packages/.*(-(routes|contract|module)\\.ts$|/(http|contract)/)|^packages/adapters/' },
  },
  'routes-hold-no-storage': {
    // The system routes (health, metrics) answer for the ports themselves.
    from: { path: '-routes\\.ts$', pathNot: '^packages/core/src/module/' },
    to: { path: '^packages/.*(/ports/|\\.memory\\.ts$)|^packages/adapters/' },
  },
  'only-the-module-file-assembles': {
    from: { path: '^(packages|examples)/', pathNot: `-module\\.ts$|^packages/core/src/module/|${test}` },
    to: { path: '-routes\\.ts$' },
  },
  'ports-know-no-callers': {
    from: { path: '^packages/(?!adapters/).*/ports/', pathNot: test },
    to: { path: '^packages/.*(-(service|routes|module|contract)\\.ts$|/http/)' },
  },
}

module.exports = {
  forbidden: Object.entries(rules).map(([name, rule]) => ({ name, severity: 'error', ...rule })),
  options: {
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@corbel/source', 'types', 'import', 'node', 'default'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
}
