import {expect, test} from 'vitest'
import {isPrivateFile, namesLike, outsidePaths} from '../../src/charts/outside-paths.ts'

test('files outside the repository, whatever a template fills in', () => {
  const helmfile = `
helmDefaults:
  args: [--kubeconfig, {{ .Values | get "kubeConfig" (printf "/etc/kubernetes/shop-deploy-%s.config" .Environment.Name) }}]
environments:
  staging: {values: ["/etc/helmfile-defaults/clusterinfo-{{ .Environment.Name }}.yaml"]}
releases:
  - values:
      - /etc/private/main_services/shop/{{\`{{ .Release.Name }}\`}}-{{ .Environment.Name }}.yaml
      - values.yaml
      - ../_shared_/global.yaml
    chart: https://charts.example.org/stable/shop
`
  expect(outsidePaths(helmfile)).toEqual([
    '/etc/helmfile-defaults/clusterinfo-*.yaml',
    '/etc/private/main_services/shop/*-*.yaml',
    '/etc/kubernetes/shop-deploy-*.config',
  ])
})

test.each([
  ['/etc/helmfile-defaults/general-eqiad.yaml', 0o100_444, false],
  ['/etc/helmfile-defaults/general-eqiad.yaml', 0o100_440, true],
  ['/etc/helmfile-defaults/private/main_services/shop/eqiad.yaml', 0o100_644, true],
])('%s with mode %i is private: %j', (path, mode, isPrivate) => {
  expect(isPrivateFile(path, mode)).toBe(isPrivate)
})

test.each([
  ['shop-deploy-*.config', 'shop-deploy-eqiad.config', true],
  ['shop-deploy-*.config', 'shop-deploy-.config', true],
  ['shop-deploy-*.config', 'shop-eqiad.config', false],
  ['shop-deploy-*.config', 'shop-deploy-eqiad.config.bak', false],
  ['shop-deploy-*.config', 'shop-deploy-eqiad-config', false],
  ['*-*.yaml', 'main-eqiad.yaml', true],
  ['*', '.hidden', false],
  ['.*', '.hidden', true],
  ['a(b[c]+{d}$^|\\?*', 'a(b[c]+{d}$^|\\?e', true],
  ['a?*', 'abc', false],
])('%s means %s: %j', (segment, name, isMeant) => {
  expect(namesLike(segment)(name)).toBe(isMeant)
})
