import {expect, test} from 'vitest'
import {openCluster} from '../../src/cluster/client.ts'
import {followNamespace} from '../../src/cluster/follow.ts'
import {takeBaseline} from '../../src/rollout/baseline.ts'
import {judgeWorkloads} from '../../src/rollout/judge.ts'
import {objectKey, type Verdict, type WorkloadRef} from '../../src/rollout/verdict.ts'
import {aDeployment, kubeconfigPath, until, withScratchNamespace} from './scratch.ts'

test.each<[tag: string, reason: string]>([
  ['2-crash', 'crash-loop'],
  ['2-oom', 'out-of-memory'],
  ['2-unpullable', 'image-not-found'],
  ['2-missing-secret', 'config-missing'],
])('a version %s is doomed (%s) within seconds, the old one is not', (tag, reason) =>
  withScratchNamespace(async (cluster, namespace) => {
    const ref: WorkloadRef = {kind: 'Deployment', namespace, name: 'scratch'}
    const follow = await followNamespace(cluster, namespace, [{kind: 'Deployment'}])
    let baseline = takeBaseline(follow.snapshot())
    const judge = () => judgeWorkloads([ref], follow.snapshot(), baseline)[0] as Verdict

    await cluster.create(aDeployment(namespace, '1'))
    await until(judge, verdict => verdict.kind === 'ready')
    baseline = takeBaseline(follow.snapshot())

    await cluster.replace(aDeployment(namespace, tag))
    await follow.relist()
    expect(judge().kind).toBe('progressing')
    const verdict = await until(judge, each => each.kind === 'doomed')
    expect(verdict).toMatchObject({doom: {reason, container: 'main'}})
    const shownAtMs = verdict.kind === 'doomed' ? verdict.doom.shownAtMs : undefined
    // Kubernetes tells whole seconds.
    if (shownAtMs !== undefined) expect(follow.snapshot().nowMs - shownAtMs).toBeLessThan(2_500)

    baseline = takeBaseline(follow.snapshot())
    await cluster.replace(aDeployment(namespace, '1'))
    await follow.relist()
    await until(judge, each => each.kind === 'ready')
    await follow.close()
  }),
)

test('after a relist no snapshot shows a workload as it was before', () =>
  withScratchNamespace(async (cluster, namespace) => {
    const follow = await followNamespace(cluster, namespace, [{kind: 'Deployment'}])
    for (let replicas = 1; replicas <= 10; replicas += 1) {
      const object = aDeployment(namespace, '1', replicas)
      const written = replicas === 1 ? await cluster.create(object) : await cluster.replace(object)
      await follow.relist()
      const [held] = follow.snapshot().workloads
      expect(held?.metadata.generation).toBeGreaterThanOrEqual(written.metadata.generation ?? 0)
    }
    await follow.close()
  }))

test('what is deleted goes, what is made comes, each told by onChange', () =>
  withScratchNamespace(async (cluster, namespace) => {
    let changes = 0
    const onChange = () => void (changes += 1)
    const follow = await followNamespace(cluster, namespace, [{kind: 'Deployment'}], {onChange})
    await cluster.create(aDeployment(namespace, '1'))
    const pods = () => follow.snapshot().pods
    // Two watches: the pods may be told of before their Deployment.
    const workloads = () => follow.snapshot().workloads
    await until(
      () => [pods().length, workloads().length],
      ([podCount, workloadCount]) => podCount === 2 && workloadCount === 1,
    )
    // Told once for all that came together, a moment later.
    await until(
      () => changes,
      count => count > 0,
    )
    expect(workloads().map(objectKey)).toEqual([`Deployment/${namespace}/scratch`])
    await cluster.delete({kind: 'Deployment', namespace, name: 'scratch'})
    await until(pods, each => each.length === 0)
    await follow.close()
  }))

test('the deployer may follow, with few requests', async () => {
  const cluster = await openCluster(kubeconfigPath('echo-deploy-staging'))
  const follow = await followNamespace(cluster, 'echo', [{kind: 'Deployment'}])
  expect(follow.unreadableKinds()).toEqual([])
  expect(follow.fault()).toBeUndefined()
  await follow.relist()
  // Lists of three kinds, watches of these and of events, one list again.
  await until(cluster.requestCount, count => count === 8)
  await follow.close()
  await cluster.close()
})

test('a kind the user may not read is left out and named', async () => {
  const cluster = await openCluster(kubeconfigPath('echo-deploy-staging'))
  const follow = await followNamespace(cluster, 'shop', [{kind: 'Deployment'}])
  await until(follow.unreadableKinds, kinds => kinds.length === 4)
  expect(follow.snapshot().unreadable?.toSorted()).toEqual(['Deployment', 'Event', 'Pod', 'ReplicaSet'])
  await follow.close()
  await cluster.close()
})

test('an autoscaler that the deployer may not read, and a kind that the cluster does not know, stop nothing', async () => {
  const cluster = await openCluster(kubeconfigPath('echo-deploy-staging'))
  const unknown = {kind: 'Certificate', apiVersion: 'cert-manager.io/v0'}
  const kinds = [{kind: 'Deployment'}, {kind: 'HorizontalPodAutoscaler'}, unknown]
  const follow = await followNamespace(cluster, 'echo', kinds)
  expect(follow.unreadableKinds()).toEqual(['HorizontalPodAutoscaler', 'Certificate'])
  await follow.relist()
  expect(follow.fault()).toBeUndefined()
  await follow.close()
  await cluster.close()
})
