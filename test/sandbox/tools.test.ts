import {describe, expect, test} from 'vitest'
import {fitsVersion, linkerFlags, TOOL_NAMES, TOOLS} from '../../src/sandbox/tool-list.ts'

const tool = (name: (typeof TOOL_NAMES)[number]) => {
  const found = TOOLS.find(candidate => candidate.name === name)
  if (!found) throw new Error(`no tool ${name}`)
  return found
}

test('every tool is listed once', () => {
  expect(TOOLS.map(({name}) => name)).toEqual([...TOOL_NAMES])
})

describe('fitsVersion', () => {
  test.each([
    ['helm3.17', 'v3.17.1+g980d8ac', true],
    ['helm3.17', 'v3.19.0', false],
    ['kube-apiserver', 'Kubernetes v1.34.1', true],
    ['kubectl', 'Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0', false],
    ['etcd', 'etcd Version: 3.6.1\nGit SHA: a4708be', true],
    ['etcd', 'etcd Version: 3.5.9', false],
    ['helmfile', 'helmfile version 1.8.2', true],
    ['helmfile', 'helmfile version 0.171.0', false],
    ['kwok', 'nonsense', false],
    ['registry', 'docker-registry github.com/docker/distribution 2.8.2+ds1', true],
    ['registry', 'registry github.com/distribution/distribution/v3 v3.1.0', true],
    ['registry', 'docker-registry github.com/docker/distribution 2.7.1', false],
  ] as const)('%s: %j is %s', (name, said, fits) => {
    expect(fitsVersion(tool(name), said)).toBe(fits)
  })
})

test('helm claims a cluster version that charts can live with', () => {
  expect(linkerFlags(tool('helm3.19'))).toContain('chartutil.k8sVersionMinor=34')
  expect(linkerFlags(tool('helm3.17'))).toContain('chartutil.k8sVersionMinor=32')
})
