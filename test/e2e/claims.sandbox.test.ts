import {afterAll, beforeAll, expect, test} from 'vitest'
import type {DeployHost} from './deploy-host.ts'
import {helm, kubectl} from './deploy.ts'
import {openTinyHost, uninstallTiny} from './tiny.ts'

const CLAIM = 'data-tiny-0'

let host: DeployHost
beforeAll(async () => {
  host = await openTinyHost('one')
  await uninstallTiny()
  // Nothing here provides volumes: the pod waits for one, and never gets ready.
  await host.edit(
    'charts/tiny/templates/set.yaml',
    () => `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Release.Name }}
  labels: {app: tiny, release: {{ .Release.Name }}}
spec:
  serviceName: tiny
  selector: {matchLabels: {app: tiny, release: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: tiny, release: {{ .Release.Name }}}}
    spec: {containers: [{name: main, image: tiny:1}]}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 1Gi}}
`,
  )
})
afterAll(async () => {
  await uninstallTiny()
  await kubectl('staging', ['delete', 'pvc', '-n', 'leaflets', '-l', 'app=tiny'])
  await host.remove()
})

test('a first installation that goes back leaves the claims that its StatefulSet made, and names them', async () => {
  const words = ['tiny', '-e', 'staging', '-l', 'name=tiny', '--yes', '--timeout', '4s', '--events']
  const {exitCode, said} = await host.deploy(words)
  expect(exitCode, said).toBe(10)
  expect(await helm('staging', 'leaflets', ['list', '--all', '--short'])).not.toMatch(/^tiny$/m)
  expect(await kubectl('staging', ['get', 'pvc', '-n', 'leaflets', '-o', 'name'])).toContain(CLAIM)
  expect(said).toContain(`kubectl delete pvc --namespace leaflets ${CLAIM}`)
})
