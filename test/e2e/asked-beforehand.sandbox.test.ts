import {afterAll, afterEach, beforeEach, expect, test} from 'vitest'
import type {DeployHost} from './deploy-host.ts'
import {helm, kubectl} from './deploy.ts'
import {openTinyHost, uninstallTiny} from './tiny.ts'

const NAMESPACE = ['-n', 'leaflets']
const template = 'charts/tiny/templates/more.yaml'
let host: DeployHost
beforeEach(async () => {
  await uninstallTiny()
  host = await openTinyHost('0')
})
afterEach(() => host.remove())
afterAll(uninstallTiny)

const deployTiny = () => host.deploy(['tiny', '-e', 'staging', '-l', 'name=tiny', '--yes'])
const releases = () => helm('staging', 'leaflets', ['list', '--all', '--output', 'json', '--filter', '^tiny'])

test('an object that is there already and is not of the release: 65, whose it is, and nothing is changed', async () => {
  expect((await deployTiny()).exitCode).toBe(0)
  await host.edit(template, () => 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tiny-more}\n')
  await kubectl('staging', [...NAMESPACE, 'create', 'configmap', 'tiny-more', '--from-literal=by=hand'])
  const before = await releases()
  try {
    const {exitCode, said} = await deployTiny()
    expect(exitCode, said).toBe(65)
    expect(said.replaceAll(/\s+/g, ' ')).toContain(
      'helm would refuse ConfigMap tiny-more in staging: it is there already, and it is not managed by helm.',
    )
    expect(await releases()).toBe(before)
  } finally {
    await kubectl('staging', [...NAMESPACE, 'delete', 'configmap', 'tiny-more'])
  }
  expect((await deployTiny()).exitCode).toBe(0)
})

test('a hook that was left there, and that helm would not take away first: 65', async () => {
  expect((await deployTiny()).exitCode).toBe(0)
  await host.edit(
    template,
    () => `apiVersion: v1
kind: ConfigMap
metadata:
  name: tiny-hook
  annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: hook-failed}
`,
  )
  await kubectl('staging', [...NAMESPACE, 'create', 'configmap', 'tiny-hook'])
  try {
    const {exitCode, said} = await deployTiny()
    expect(exitCode, said).toBe(65)
    expect(said.replaceAll(/\s+/g, ' ')).toContain(
      'would refuse the hook ConfigMap tiny-hook: it is there from last time',
    )
  } finally {
    await kubectl('staging', [...NAMESPACE, 'delete', 'configmap', 'tiny-hook'])
  }
})

test('a hook whose kind the cluster does not know yet is named as not asked', async () => {
  const metadata = '{name: tiny, annotations: {helm.sh/hook: pre-install}}'
  await host.edit(template, () => `apiVersion: example.org/v1\nkind: Widget\nmetadata: ${metadata}\n`)
  const {said} = await host.deploy(['diff', 'tiny', '-e', 'staging', '-l', 'name=tiny'])
  expect(said.replaceAll(/\s+/g, ' ')).toContain(
    'staging was not asked about Widget tiny: it does not know Widget of example.org/v1 yet.',
  )
})
