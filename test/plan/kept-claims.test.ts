import {expect, test} from 'vitest'
import {parseManifest} from '../../src/diff/manifests.ts'
import {hasClaims, isKeptClaim, keptClaimsOf} from '../../src/plan/kept-claims.ts'

const kept = keptClaimsOf(
  parseManifest(
    `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: gauges-main}
spec:
  volumeClaimTemplates:
    - metadata: {name: data}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: uploads
  annotations: {helm.sh/resource-policy: keep}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: cache}
`,
    'gauges',
  ),
)

test.each([
  ['data-gauges-main-0', true],
  ['data-gauges-main-12', true],
  ['data-gauges-main-old-0', false],
  ['data-gauges-main-', false],
  ['uploads', true],
  ['cache', false],
])('%s stays: %s', (name, expected) => {
  expect(isKeptClaim(kept, name)).toBe(expected)
})

test('most releases have none', () => {
  expect(hasClaims(keptClaimsOf([]))).toBe(false)
})
