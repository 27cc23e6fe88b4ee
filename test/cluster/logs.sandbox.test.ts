import {expect, test} from 'vitest'
import {readLogs} from '../../src/cluster/logs.ts'
import type {ApiObject} from '../../src/rollout/verdict.ts'
import {aDeployment, withScratchNamespace} from './scratch.ts'

test('the last lines of a container, and of the instance before, are evidence; none are no fault', () =>
  withScratchNamespace(async (cluster, namespace) => {
    await cluster.create(aDeployment(namespace, '1-crash', 1))
    const pod = await restartedPod(async () => (await cluster.list({kind: 'Pod', namespace})).items[0])
    const about = {namespace, pod, container: 'main'}
    expect((await readLogs(cluster, {...about, previous: true})).join('\n')).toContain('cannot start')
    expect(await readLogs(cluster, {...about, lines: 2})).toHaveLength(2)
    const [only = '', ...more] = await readLogs(cluster, {...about, lines: 1, maxBytes: 10})
    expect(more).toEqual([])
    expect(only).toMatch(/^…/)
    expect(await readLogs(cluster, {...about, container: 'nope'})).toEqual([])
  }))

async function restartedPod(read: () => Promise<ApiObject | undefined>): Promise<string> {
  for (;;) {
    const pod = await read()
    if (pod?.status?.containerStatuses?.[0]?.restartCount > 0) return pod?.metadata.name ?? ''
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
