import {describe, expect, test} from 'vitest'
import {execArgs} from '../../src/cluster/exec.ts'
import {parseManifest} from '../../src/diff/manifests.ts'
import {type HistoryRun, mergeRuns, pickRun} from '../../src/flow/history.ts'
import type {RunRecord} from '../../src/journal/record.ts'
import {runText} from '../../src/view/history-run-text.ts'
import type {UnlockRecord} from '../../src/journal/stored-unlocks.ts'
import {historyText} from '../../src/view/history-text.ts'
import {manifestText} from '../../src/view/render-text.ts'
import {pendingText, statusText} from '../../src/view/status-text.ts'

const IMAGE = 'docker-registry.discovery.wmnet/wikimedia/citoid'

function aRecord(runId: string, more: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 1,
    runId,
    kind: 'deploy',
    startedAt: `2026-11-21T10:${runId}:00.000Z`,
    by: 'alice',
    from: 'deploy1003',
    releases: [{name: 'main', before: 3, after: 4, restored: null, images: [`${IMAGE}:v2`], override: null}],
    ...more,
  }
}

const ENDED = {endedAt: '2026-11-21T10:15:42.000Z', outcome: 'deployed'} as const

function someRuns(): HistoryRun[] {
  return mergeRuns('services/citoid', [
    {environment: 'staging', namespace: 'citoid', records: [aRecord('15', ENDED), aRecord('10')]},
    {
      environment: 'eqiad',
      namespace: 'citoid',
      records: [aRecord('15'), aRecord('20', {message: 'T1: a\nb'})],
    },
  ])
}

describe('history', () => {
  test('a run is told once, newest first, its end from whichever cluster knows it', () => {
    const runs = someRuns()
    expect(runs.map(run => run.runId)).toEqual(['20', '15', '10'])
    expect(runs[1]).toMatchObject({outcome: 'deployed', service: 'services/citoid'})
    expect(runs[1]?.environments.map(one => one.name)).toEqual(['staging', 'eqiad'])
  })

  test('one line a run, columns as wide as they need to be', () => {
    expect(historyText(someRuns(), [])).toBe(
      [
        '2026-11-21 10:20  20  deploy  alice  v2  eqiad           not ended  T1: a b\n',
        '2026-11-21 10:15  15  deploy  alice  v2  staging, eqiad  deployed\n',
        '2026-11-21 10:10  10  deploy  alice  v2  staging         not ended\n',
      ].join(''),
    )
  })

  test('a terminal has headings, and a narrow one a line below for what does not fit', () => {
    expect(historyText(someRuns(), [], 90).split('\n').slice(0, 2)).toEqual([
      'WHEN              RUN  WHAT    BY     VERSION  WHERE           ENDED      WHY',
      '2026-11-21 10:20  20   deploy  alice  v2       eqiad           not ended  T1: a b',
    ])
    expect(historyText(someRuns(), [], 60)).toBe(
      [
        'WHEN              RUN  WHAT    BY     ENDED',
        '    VERSION  WHERE  WHY',
        '2026-11-21 10:20  20   deploy  alice  not ended',
        '    v2  eqiad  T1: a b',
        '2026-11-21 10:15  15   deploy  alice  deployed',
        '    v2  staging, eqiad',
        '2026-11-21 10:10  10   deploy  alice  not ended',
        '    v2  staging\n',
      ].join('\n'),
    )
  })

  test('the service is named where there are several, and what could not be read is said', () => {
    const problems = [{service: 'services/other', environment: 'codfw', problem: 'no answer'}]
    const text = historyText(someRuns(), problems)
    expect(text).toContain('15  services/citoid  deploy')
    expect(text).toMatch(/^services\/other in codfw could not be read: no answer$/m)
    expect(historyText([], [])).toBe('No run is recorded yet.\n')
  })

  test.each<[string, readonly string[], string]>([
    ['nothing', [], 'no image'],
    ['one tag for all', [`${IMAGE}:v2`, 'r.example/sidecar:v2'], 'v2'],
    ['several tags', [`${IMAGE}:v2`, 'r.example/sidecar:1'], 'citoid:v2 sidecar:1'],
  ])('the version of a run that changes %s', (_, images, version) => {
    const record = aRecord('15', {
      releases: [{name: 'main', before: 1, after: 2, restored: null, images, override: null}],
    })
    const runs = mergeRuns('a/b', [{environment: 'staging', namespace: 'b', records: [record]}])
    expect(historyText(runs, [])).toContain(`alice  ${version}  staging`)
  })

  test('all that is known of one run, also what this version has no word for', () => {
    const releases = [
      {name: 'main', before: null, after: 4, restored: 5, images: [`${IMAGE}:v2`], override: 'v2'},
      {
        name: 'canary',
        before: 7,
        after: null,
        restored: null,
        images: [],
        override: null,
        pods: ['citoid-1'],
      },
    ]
    const record = {...aRecord('15', ENDED), commit: 'abc', evidence: {reason: 'crash-loop'}, releases}
    const [run] = mergeRuns('services/citoid', [
      {environment: 'eqiad', namespace: 'citoid', records: [record]},
    ])
    expect(run && runText(run, [])).toBe(`deploy of services/citoid, run 15
  when    2026-11-21 10:15:00 UTC, took 42 s
  who     alice from deploy1003
  commit  abc
  ended   deployed (0): deployed, or nothing to do
  eqiad (namespace citoid)
    main: not installed before → 4, brought back as 5
      wikimedia/citoid:v2
      v2 is beside git
    canary: revision 7, not reached
      pods:
        - citoid-1
    evidence:
      reason: crash-loop
`)
  })

  test('a lock that was removed by force is told between the runs, once where everything was unlocked', () => {
    const held = {
      runId: 'r0',
      by: 'alice',
      from: 'deploy1003',
      since: '2026-11-21T09:00:00.000Z',
      reason: 'T1',
      state: 'frozen',
      covers: 'namespace',
    } as const
    const at = '2026-11-21T10:00:00.000Z'
    const unlock: UnlockRecord = {
      schema: 1,
      kind: 'unlock',
      runId: 'u1',
      startedAt: at,
      endedAt: at,
      by: 'bob',
      from: 'deploy1004',
      message: 'agreed',
      environment: 'eqiad',
      releases: [],
      held,
    }
    const runs = ['a/b', 'a/c'].flatMap(service =>
      mergeRuns(service, [{environment: 'eqiad', namespace: 'b', records: [unlock, aRecord('15', ENDED)]}]),
    )
    expect(historyText(runs, [])).toMatch(
      /u1 +2 services +unlock +bob +the lock of alice +eqiad +removed +agreed/,
    )
    expect(runs[1] && runText(runs[1], [])).toBe(`unlock of a/b, run u1
  when    2026-11-21 10:00:00 UTC
  who     bob from deploy1004
  why     agreed
  eqiad (namespace b)
    everything was locked by alice from deploy1003 since 2026-11-21 09:00 UTC: T1
`)
  })

  test('a rollback of images is called so', () => {
    const [one] = aRecord('15').releases.map(release => ({
      ...release,
      imageOf: 2,
      override: 'v2',
      gitVersion: 'v3',
    }))
    const record = aRecord('15', {...ENDED, releases: one === undefined ? [] : [one]})
    const runs = mergeRuns('a/b', [{environment: 'staging', namespace: 'b', records: [record]}])
    expect(historyText(runs, [])).toContain('15  image-rollback  alice  v2  staging')
    const [run] = runs
    expect(run && runText(run, [])).toMatch(
      /^image-rollback of a\/b[^]*the image of revision 2\n +v2 is beside git, which held v3$/m,
    )
  })

  test('how far an unfinished run got, and why a failed one failed', () => {
    const failure = {
      stage: 'eqiad',
      failure: {kind: 'infrastructure' as const, message: 'the cluster is gone'},
    }
    const stages = [{name: 'eqiad', environmentClass: 'production' as const, state: 'begun' as const}]
    const chart = {before: 'citoid-1.0.0', after: 'citoid-1.1.0'}
    const releases = aRecord('15').releases.map(one => ({...one, chart, namespace: 'citoid'}))
    const [run] = mergeRuns('services/citoid', [
      {environment: 'eqiad', namespace: 'citoid', records: [{...aRecord('15'), stages, failure, releases}]},
    ])
    expect(run && runText(run, [])).toBe(`deploy of services/citoid, run 15
  when    2026-11-21 10:15:00 UTC
  who     alice from deploy1003
  ended   not yet: it is running, or its process died

✖ eqiad: the cluster, not the version, is at fault
  the cluster is gone

  eqiad (namespace citoid)
    main: revision 3 → 4
      citoid-1.0.0 → citoid-1.1.0
      wikimedia/citoid:v2
    eqiad: begun, not finished
`)
  })

  test('a failure that only a newer deploy has words for is shown as it is', () => {
    const failure = {stage: 'eqiad', failure: {kind: 'eaten', by: 'a grue'} as never}
    const [run] = mergeRuns('services/citoid', [
      {environment: 'eqiad', namespace: 'citoid', records: [{...aRecord('15', ENDED), failure}]},
    ])
    expect(run && runText(run, [])).toMatch(
      /failure:\n {2}stage: eqiad\n {2}failure:\n {4}kind: eaten\n {4}by: a grue\n/,
    )
  })

  test('a run is found by the beginning of its id, when only one begins like that', () => {
    const runs = someRuns()
    expect(pickRun(runs, '2').runId).toBe('20')
    expect(() => pickRun(runs, '1')).toThrow(/2 runs begin like that/)
    expect(() => pickRun(runs, '3')).toThrow(/not among the 3 recorded/)
  })
})

describe('render', () => {
  test('what was rendered reads back as the same objects', () => {
    const source = `---
# Source: citoid/templates/configmap.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: citoid, namespace: citoid}
data:
  yes: "yes"
  mode: "0755"
  time: "12:30:45"
  number: "1e3"
  empty: ""
  long: ${'x'.repeat(200)}
  text: |
    first
      second
`
    const objects = parseManifest(source, 'citoid')
    const text = manifestText({environment: 'staging', name: 'main', objects})
    expect(text).toMatch(/^# staging \/ main\n---\n# Source: citoid\/templates\/configmap.yaml\n/)
    expect(parseManifest(text, 'citoid')).toEqual(objects)
    expect(text).toMatch(/mode: "0755"/)
  })
})

const RUNNING = {
  namespace: 'citoid',
  name: 'main',
  status: 'deployed',
  revision: 3,
  chart: 'citoid-1.0.0',
  images: [`${IMAGE}:v1`],
  since: '2026-11-21T10:00:00Z',
  by: 'alice',
}

describe('status --pending', () => {
  const workload = {kind: 'Deployment', namespace: 'citoid', name: 'citoid-main'} as const
  const images = [{workload, container: 'citoid', before: `${IMAGE}:v1`, after: `${IMAGE}:v2`}]
  const nowMs = Date.parse('2026-11-21T10:05:00Z')

  test.each([
    [{kind: 'as-in-git'}, 'as in git'],
    [{kind: 'never-deployed'}, 'git has it'],
    [{kind: 'differs', images, chart: undefined, changedObjects: 1}, 'differs: citoid v1 → v2, 1 object'],
    [
      {kind: 'differs', images: [], chart: 'citoid-1.1.0', changedObjects: 2},
      'differs: chart citoid-1.1.0, 2 objects',
    ],
  ])('%j', (git, words) => {
    const services = [
      {service: 'services/citoid', environments: [{name: 'eqiad', releases: [{...RUNNING, git}]}]},
    ]
    expect(statusText(services, nowMs)).toBe(
      `services/citoid\n  eqiad  main  wikimedia/citoid:v1  5 min  alice  ${words}\n`,
    )
  })
})

describe('what one has to know before deploying', () => {
  test.each([
    [{override: 'v1', overrideFrom: {how: 'deployed' as const}}, 'override: deployed beside git'],
    [
      {override: 'v1', overrideFrom: {how: 'rolled-back' as const, message: 'T1:\nslow'}},
      'override: rolled back to, git held another (T1: slow)',
    ],
    [{changedByHand: ['Deployment citoid-main']}, 'changed by hand: Deployment citoid-main'],
  ])('%j', (more, words) => {
    const environments = [{name: 'eqiad', releases: [{...RUNNING, ...more}]}]
    const text = statusText([{service: 'services/citoid', environments}], Date.parse('2026-11-21T10:05:00Z'))
    expect(text).toBe(`services/citoid\n  eqiad  main  wikimedia/citoid:v1  5 min  alice  ${words}\n`)
  })
})

test('of all services beside what git says only what is not as in git is shown', () => {
  const service = (name: string, kind: string) => ({
    service: `services/${name}`,
    environments: [{name: 'eqiad', releases: [{...RUNNING, git: {kind}}]}],
  })
  const nowMs = Date.parse('2026-11-21T10:05:00Z')
  const [never, quiet] = [service('citoid', 'never-deployed'), service('echo', 'as-in-git')]
  expect(pendingText([quiet], nowMs)).toBe('1 service is as in git.\n')
  expect(pendingText([never, quiet, service('shop', 'as-in-git')], nowMs)).toBe(
    'services/citoid\n  eqiad  main  wikimedia/citoid:v1  5 min  alice  git has it\n\n2 services are as in git.\n',
  )
})

describe('shell', () => {
  const exec = {
    kubeconfig: {path: '/etc/kubernetes/a.config', context: undefined},
    namespace: 'citoid',
    pod: 'citoid-1',
    container: 'citoid',
    command: ['sh'],
    hasTerminal: true,
  }

  test('kubectl gets a terminal where there is one, and the context where one is named', () => {
    expect(execArgs(exec).join(' ')).toBe(
      '--kubeconfig /etc/kubernetes/a.config --namespace citoid exec -it citoid-1 -c citoid -- sh',
    )
    const kubeconfig = {path: 'b', context: 'eqiad'}
    expect(execArgs({...exec, kubeconfig, hasTerminal: false, command: ['ls', '-l']}).join(' ')).toBe(
      '--kubeconfig b --context eqiad --namespace citoid exec -i citoid-1 -c citoid -- ls -l',
    )
  })
})
