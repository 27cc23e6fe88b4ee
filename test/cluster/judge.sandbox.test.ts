import {expect, test} from 'vitest'
import type {Cluster} from '../../src/cluster/client.ts'
import {followNamespace} from '../../src/cluster/follow.ts'
import {wakeReplicaSet} from '../../src/cluster/wake.ts'
import {takeBaseline} from '../../src/rollout/baseline.ts'
import {heldUpReplicaSets} from '../../src/rollout/held-up.ts'
import {judgeWorkloads} from '../../src/rollout/judge.ts'
import type {ApiObject, Snapshot, Verdict, WorkloadKind} from '../../src/rollout/verdict.ts'
import {aDeployment, until, withScratchNamespace} from './scratch.ts'

test('a StatefulSet: a bad revision is doomed; put right, its broken pod is named as what blocks', () =>
  judging('StatefulSet', async ({cluster, namespace, judge, begin}) => {
    await cluster.create(aStatefulSet(namespace, '1'))
    await until(judge, is('ready'))
    await begin()
    await cluster.replace(aStatefulSet(namespace, '2-crash'))
    const bad = await until(judge, is('doomed'))
    expect(bad).toMatchObject({doom: {reason: 'crash-loop', pod: 'scratch-1'}})

    await begin()
    await cluster.replace(aStatefulSet(namespace, '1'))
    const blocked = await until(judge, is('suspicious'))
    expect(blocked).toMatchObject({doom: {reason: 'blocked-by-old-pod', pod: 'scratch-1'}})
    await cluster.delete({kind: 'Pod', namespace, name: 'scratch-1'})
    await until(judge, is('ready'))
  }))

test('a DaemonSet: ready on every node, doomed by a bad version', () =>
  judging('DaemonSet', async ({cluster, namespace, judge, begin}) => {
    await cluster.create(aDaemonSet(namespace, '1'))
    await until(judge, is('ready'))
    await begin()
    await cluster.replace(aDaemonSet(namespace, '2-unpullable'))
    expect(await until(judge, is('doomed'))).toMatchObject({doom: {reason: 'image-not-found'}})
    await cluster.replace(aDaemonSet(namespace, '1'))
    await until(judge, is('ready'))
  }))

test.each<[string, Verdict['kind']]>([
  ['1', 'ready'],
  ['1-crash', 'doomed'],
])('a Job of version %s is %s', (tag, kind) =>
  judging('Job', async ({cluster, namespace, judge}) => {
    await cluster.create(aJob(namespace, tag))
    const verdict = await until(judge, each => each.kind === 'ready' || each.kind === 'doomed')
    expect(verdict.kind).toBe(kind)
    if (verdict.kind === 'doomed') expect(verdict.doom.reason).toBe('job-failed')
  }),
)

test('a quota that leaves no room for one more pod is a suspicion', () =>
  judging('Deployment', async ({cluster, namespace, judge, begin}) => {
    await cluster.create(aDeployment(namespace, '1'))
    await until(judge, is('ready'))
    await cluster.create(aQuota(namespace, 2))
    await begin()
    await cluster.replace(aDeployment(namespace, '2'))
    expect(await until(judge, is('suspicious'))).toMatchObject({doom: {reason: 'quota-exceeded'}})
    await cluster.delete({kind: 'ResourceQuota', namespace, name: 'scratch'})
  }))

test('a quota that is tight only while pods are exchanged is never more than that, and soon over', () =>
  judging('Deployment', async ({cluster, namespace, judge, begin, snapshot}) => {
    const version = (tag: string) => {
      const deployment = aDeployment(namespace, tag, 3)
      deployment.spec.strategy = {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: 1, maxSurge: 1}}
      return deployment
    }
    await cluster.create(version('1'))
    await until(judge, is('ready'))
    await cluster.create(aQuota(namespace, 3))
    await begin()
    await cluster.replace(version('2'))
    const waking = setInterval(() => {
      for (const held of heldUpReplicaSets(snapshot()))
        void wakeReplicaSet(cluster, held.namespace, held.name)
    }, 500)
    await until(judge, verdict => {
      expect(verdict.kind).not.toBe('doomed')
      return verdict.kind === 'ready'
    }).finally(() => clearInterval(waking))
  }))

test('pods the cluster refuses are doomed at once', () =>
  judging('Deployment', async ({cluster, namespace, judge}) => {
    const labels = {'pod-security.kubernetes.io/enforce': 'restricted'}
    await cluster.patch({kind: 'Namespace', name: namespace}, {kind: 'merge', body: {metadata: {labels}}})
    await cluster.create(aDeployment(namespace, '1'))
    const verdict = await until(judge, is('doomed'))
    expect(verdict).toMatchObject({doom: {reason: 'admission-refused'}})
    expect(verdict.kind === 'doomed' && verdict.doom.message).toContain('violates PodSecurity')
  }))

test('a fix over a crashing version is ready, and never judged by the pods it replaces', () =>
  judging('Deployment', async ({cluster, namespace, judge, begin}) => {
    await cluster.create(aDeployment(namespace, '1-crash'))
    await until(judge, is('doomed'))
    await begin()
    await cluster.replace(aDeployment(namespace, '2'))
    await until(judge, verdict => {
      expect(verdict.kind).not.toBe('doomed')
      return verdict.kind === 'ready'
    })
  }))

test('no replicas, and back', () =>
  judging('Deployment', async ({cluster, namespace, judge, begin}) => {
    await cluster.create(aDeployment(namespace, '1'))
    await until(judge, is('ready'))
    for (const replicas of [0, 2]) {
      await begin()
      await cluster.replace(aDeployment(namespace, '1', replicas))
      const verdict = await until(judge, is('ready'))
      expect(verdict.progress.wanted).toBe(replicas)
    }
  }))

type Judging = {
  cluster: Cluster
  namespace: string
  judge(): Verdict
  snapshot(): Snapshot
  /** A new rollout begins: what is there now is its baseline, and nothing before counts. */
  begin(): Promise<void>
}

function judging(kind: WorkloadKind, run: (judging: Judging) => Promise<void>): Promise<void> {
  return withScratchNamespace(async (cluster, namespace) => {
    const follow = await followNamespace(cluster, namespace, [{kind}])
    let baseline = takeBaseline(follow.snapshot())
    let generation = 0
    const ref = {kind, namespace, name: 'scratch'}
    const judge = (): Verdict => {
      const snapshot = follow.snapshot()
      // Stands for the relist after a write: nothing older than what was written is judged.
      if ((snapshot.workloads[0]?.metadata.generation ?? 0) <= generation)
        return judgeWorkloads([ref], {...snapshot, workloads: []}, baseline)[0] as Verdict
      return judgeWorkloads([ref], snapshot, baseline)[0] as Verdict
    }
    const begin = async () => {
      await follow.relist()
      baseline = takeBaseline(follow.snapshot())
      generation = follow.snapshot().workloads[0]?.metadata.generation ?? 0
    }
    try {
      await run({cluster, namespace, judge, begin, snapshot: follow.snapshot})
    } finally {
      await follow.close()
    }
  })
}

function is(kind: Verdict['kind']) {
  return (verdict: Verdict) => verdict.kind === kind
}

function aQuota(namespace: string, pods: number): ApiObject {
  const metadata = {name: 'scratch', namespace}
  return {apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: {hard: {pods: String(pods)}}}
}

function aStatefulSet(namespace: string, tag: string): ApiObject {
  const {metadata, spec} = aDeployment(namespace, tag)
  return {apiVersion: 'apps/v1', kind: 'StatefulSet', metadata, spec: {...spec, serviceName: 'scratch'}}
}

function aDaemonSet(namespace: string, tag: string): ApiObject {
  const {metadata, spec} = aDeployment(namespace, tag)
  const {replicas: _, ...rest} = spec
  return {apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: rest}
}

function aJob(namespace: string, tag: string): ApiObject {
  const {metadata, spec} = aDeployment(namespace, tag)
  const podSpec = {...spec.template.spec, restartPolicy: 'Never'}
  return {apiVersion: 'batch/v1', kind: 'Job', metadata, spec: {backoffLimit: 0, template: {spec: podSpec}}}
}
