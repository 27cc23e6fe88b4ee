import {expect, test} from 'vitest'
import {withPublicPaths} from '../../src/cli/public-paths.ts'
import {cleanTree} from '../plan/facts.ts'

const world = {
  runDirectory: '/tmp/deploy-run-a.b/services/services~shop',
  chartsDirectory: '/tmp/deploy-run-a.b',
  tree: cleanTree,
}

test.each([
  [
    'in /tmp/deploy-run-a.b/tree/helmfile.d/services/shop/values.yaml: line 3',
    'in /srv/deployment-charts/helmfile.d/services/shop/values.yaml: line 3',
  ],
  [
    'parse /tmp/deploy-run-a.b/services/services~shop/environments/eqiad/releases/shop~main/values-2.yaml: bad',
    'parse values file 2 of main in eqiad: bad',
  ],
  ['/tmp/deploy-run-axb/tree stays', '/tmp/deploy-run-axb/tree stays'],
])('%s', (text, expected) => {
  expect(withPublicPaths(text, world)).toBe(expected)
})
