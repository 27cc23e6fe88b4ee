import {expect, test} from 'vitest'
import {isPrivateFile, outsidePaths} from '../../src/charts/outside-paths.ts'

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
