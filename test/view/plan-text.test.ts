import fc from 'fast-check'
import {expect, test} from 'vitest'
import {compareObjects} from '../../src/diff/changes.ts'
import {redactObjects} from '../../src/diff/redact.ts'
import type {HookStep} from '../../src/plan/hooks.ts'
import type {KubernetesObject} from '../../src/diff/kubernetes-object.ts'
import type {Drift} from '../../src/plan/drift.ts'
import type {Plan} from '../../src/plan/plan.ts'
import type {RideAlong} from '../../src/plan/ride-along.ts'
import {hunksOf, isChangedLine} from '../../src/view/hunks.ts'
import {planText, type PlanTextOptions, treeText} from '../../src/view/plan-text.ts'
import {aWorkload, anObject} from '../diff/objects.ts'
import {aPlan, aStage, aStep, aTree, aVersionChange, citoid, named, NEW, NOW_MS, OLD} from './plans.ts'

const OPTIONS: PlanTextOptions = {width: 80, color: 0, contextLines: 2, detail: 'short', nowMs: NOW_MS}

const CHART = {before: {name: 'citoid', version: '0.4.2'}, after: {name: 'citoid', version: '0.5.0'}}

const GOLDEN: Record<string, Plan> = {
  'version-change': aVersionChange(),
  'what-rides-along': aPlan({
    stages: ['staging', 'eqiad', 'codfw'].map(name => {
      const logLevel = name === 'codfw' ? 'trace' : 'debug'
      const after = citoid('main', {tag: NEW, logLevel, env: {FEATURE: 'on'}})
      return aStage(name, [
        aStep('main', citoid('main'), after, {
          chart: CHART,
          ridesAlong: riding(name === 'codfw' ? 7 : 2, name),
        }),
      ])
    }),
  }),
  'nothing-restarts': aPlan({
    stages: [
      aStage('eqiad', [aStep('main', citoid('main'), citoid('main', {logLevel: 'debug', replicas: 3}))]),
    ],
    unchanged: [
      {environment: 'staging', releases: [{namespace: 'citoid', name: 'main', revision: 12, images: []}]},
    ],
  }),
  'given-values': aPlan({
    stages: [
      aStage('eqiad', [
        aStep('main', citoid('main'), citoid('main', {replicas: 3}), {given: ['--set resources.replicas=3']}),
        aStep('other', [], [], {recreatesPods: true}),
      ]),
    ],
  }),
  hooks: aPlan({
    stages: ['staging', 'eqiad'].map(name =>
      aStage(name, [aStep('main', citoid('main'), citoid('main', {tag: NEW}), {hooks: someHooks()})]),
    ),
  }),
  'first-installation': aPlan({
    stages: [
      aStage(
        'staging',
        [
          aStep('main', [], citoid('main'), {
            action: {kind: 'install', fromRevision: undefined},
            chart: {before: undefined, after: CHART.after},
          }),
        ],
        {fallback: [{kind: 'uninstall', release: {namespace: 'citoid', name: 'main'}, timeoutMs: 600_000}]},
      ),
    ],
  }),
  'long-differences': aPlan({
    stages: [aStage('eqiad', [aStep('main', bigConfig('old'), [...bigConfig('new'), ...manySmall()])])],
  }),
  'added-and-removed': aPlan({
    stages: [
      aStage('eqiad', [
        aStep(
          'main',
          [...citoid('main'), anObject('Service', {spec: {port: 1}})],
          [...citoid('main'), anObject('ConfigMap', {data: {a: 'b'}})],
        ),
      ]),
    ],
  }),
  'thirteen-images': aPlan({
    stages: [aStage('eqiad', [aStep('main', manyImages(OLD), manyImages(NEW))])],
  }),
  'roll-back': aPlan({
    kind: 'rollback',
    stages: [
      aStage('eqiad', [
        aStep('main', citoid('main', {tag: NEW}), citoid('main'), {
          action: {kind: 'rollback', fromRevision: 13, toRevision: 12},
        }),
        aStep('extra', citoid('extra'), [], {action: {kind: 'uninstall', fromRevision: 1}}),
      ]),
    ],
  }),
  'image-rollback': aPlan({
    kind: 'image-rollback',
    undoes: [{environment: 'eqiad', runId: 'R3', text: 'run R3 (alice, 2026-11-20 09:00 UTC: T1)'}],
    stages: [
      aStage('eqiad', [
        aStep('main', citoid('main', {tag: NEW}), citoid('main'), {
          imageOf: 11,
          override: 'v1',
          gitVersion: 'v2',
        }),
      ]),
    ],
    unchanged: [
      {environment: 'eqiad', releases: [{namespace: 'citoid', name: 'extra', revision: 4, images: []}]},
    ],
    warnings: [
      'git names v2: until it is changed there, the next deployment without --version would bring it.',
    ],
  }),
  'changed-by-hand': aPlan({
    stages: [aStage('eqiad', [aStep('main', citoid('main'), citoid('main', {tag: NEW}))])],
    drift: [
      drifted('eqiad', 'main', citoid('main'), citoid('main', {replicas: 5}), {fate: {kind: 'undone'}}),
      drifted('eqiad', 'main', citoid('main'), [], {by: [], fate: {kind: 'undone'}}),
      drifted('eqiad', 'extra', citoid('extra'), citoid('extra', {replicas: 5}), {
        fate: {kind: 'stays', why: 'release-unchanged'},
      }),
      drifted('codfw', 'main', bigConfig('old'), bigConfig('new'), {fate: {kind: 'removed'}}),
    ],
  }),
  checksums: aPlan({
    stages: ['staging', 'eqiad'].map(name =>
      aStage(name, [aStep('main', checksummed(`${name} old`), checksummed(`${name} new`))]),
    ),
  }),
  refused: aPlan({
    ...aVersionChange(),
    tree: aTree({state: {kind: 'dirty', files: ['helmfile.d/services/citoid/values.yaml', 'a', 'b', 'c']}}),
    warnings: ['eqiad: the last change of main (revision 12) failed; it is applied again.'],
    refusals: [
      {
        exitKind: 'declined',
        message:
          '/srv/deployment-charts holds uncommitted changes: production is deployed from a clean, published tree only.',
        hint: 'Commit and publish the change, or say --local-tree if this is meant.',
      },
    ],
  }),
}

test.each(Object.entries(GOLDEN))('the preview: %s', async (name, plan) => {
  const text = planText(plan, OPTIONS)
  await expect(text).toMatchFileSnapshot(`golden/plan-${name}.txt`)
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})

test('in full nothing is cut, and images stand in their hunks no more than once', async () => {
  await expect(planText(GOLDEN['added-and-removed']!, {...OPTIONS, detail: 'full'})).toMatchFileSnapshot(
    'golden/plan-in-full.txt',
  )
})

test('in colour', async () => {
  await expect(planText(GOLDEN['what-rides-along']!, {...OPTIONS, color: 1})).toMatchFileSnapshot(
    'golden/plan-in-colour.txt',
  )
})

test('nothing to do is one plain line, and the tree it was found in', () => {
  const releases = [{namespace: 'citoid', name: 'main', revision: 12, images: []}]
  const plan = aPlan({
    unchanged: [
      {environment: 'staging', releases},
      {environment: 'eqiad', releases},
    ],
  })
  expect(planText(plan, OPTIONS)).toBe(
    'citoid: nothing to do in staging and eqiad\n  charts  /srv/deployment-charts, main at 3f2c1ab4, 12 minutes old\n',
  )
})

test('where the rest is shown can be said by the caller', () => {
  const text = planText(GOLDEN['long-differences']!, {
    ...OPTIONS,
    inFull: {verb: 'diff', command: 'deploy diff citoid -e eqiad --version 1'},
  })
  expect(text).toContain('Everything in full: deploy diff citoid -e eqiad --version 1\n')
})

test('a new chart is told once, and not as a label of every object', () => {
  const changed = (objectKind: string, ...lines: string[]) =>
    ({
      kind: 'changed',
      objectKind,
      namespace: 'citoid',
      name: 'citoid',
      diff: ['@@ -1 +1 @@ metadata.labels.chart', ...lines].join('\n'),
      restartsPods: false,
    }) as const
  const labels = ['-    chart: citoid-1.2.4', '+    chart: citoid-1.2.5']
  const step = {
    ...aStep('main', [], []),
    chart: {before: {name: 'citoid', version: '1.2.4'}, after: {name: 'citoid', version: '1.2.5'}},
    changes: [
      changed('Service', ...labels),
      changed('ConfigMap', ...labels, '-    a: 1', '+    a: 2', '-    chart: other-1.2.4'),
      changed('Deployment', '-  checksum/config: ' + '0'.repeat(64), '+  checksum/config: ' + '1'.repeat(64)),
    ],
  }
  const text = planText(aPlan({stages: [aStage('eqiad', [step])]}), {...OPTIONS, detail: 'full'})
  expect(text).toContain('chart  citoid 1.2.4 → 1.2.5')
  expect(text).toContain("~ Service citoid · the chart's version\n")
  expect(text).not.toMatch(/citoid-1|0000/)
  for (const line of ['-    a: 1', '-    chart: other-1.2.4', 'checksum/config changed'])
    expect(text).toContain(line)
})

test('a run that is finished first is not shown by the command that was typed', () => {
  const cut = GOLDEN['long-differences']!
  const finishes = {runId: '20261121T101500-3f2a', standing: []}
  const typed = {...OPTIONS, inFull: {verb: 'diff', command: 'deploy diff citoid -e all'}} as const
  expect(planText({...cut, finishes}, typed)).toContain(
    'deploy resume citoid --run 20261121T101500-3f2a --dry-run',
  )
  expect(planText({...cut, kind: 'abort', finishes}, typed)).toContain(
    'deploy abort citoid --run 20261121T101500-3f2a --dry-run',
  )
})

test('in full nothing of a plan is cut that deploy render does not show', () => {
  const first = {...GOLDEN['first-installation']!, kind: 'rollback'} as const
  expect(planText(first, {...OPTIONS, detail: 'full'})).not.toContain('in full:')
})

test.each([
  [aTree({state: {kind: 'not-git'}}), '/srv/deployment-charts, not a git checkout'],
  [aTree({branch: undefined, commitTime: undefined}), '/srv/deployment-charts, detached at 3f2c1ab4'],
  [
    aTree({state: {kind: 'off-upstream', detail: '2 commits ahead'}}),
    '/srv/deployment-charts, main at 3f2c1ab4, 12 minutes old, not on its upstream branch (2 commits ahead)',
  ],
])('the tree is named: %#', (tree, text) => {
  expect(treeText(tree, NOW_MS)).toBe(text)
})

const anySecret = fc.string({minLength: 8, maxLength: 40}).filter(value => value.trim().length >= 8)

test('no value of a Secret is in any preview, in however many stages and whatever is folded', () => {
  fc.assert(
    fc.property(anySecret, anySecret, fc.constantFrom('short', 'full'), (before, after, detail) => {
      const masked = (value: string) =>
        redactObjects(secrets(value), text => `${text.length}`.padStart(8, '0'))
      const step = aStep('main', masked(before), masked(after))
      const text = planText(aPlan({stages: [aStage('staging', [step]), aStage('eqiad', [step])]}), {
        ...OPTIONS,
        width: 500,
        detail,
      })
      for (const value of [before, after]) {
        expect(text).not.toContain(value)
        expect(text).not.toContain(Buffer.from(value).toString('base64'))
      }
    }),
  )
})

test('folding loses nothing: every changed line is shown at least once', () => {
  const anyVersion = fc.record({
    tag: fc.constantFrom(OLD, NEW),
    logLevel: fc.constantFrom('info', 'debug'),
    replicas: fc.integer({min: 1, max: 3}),
    env: fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom('1', '2')),
  })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('main', 'canary'), anyVersion), {minLength: 1, maxLength: 4}),
      versions => {
        const stages = versions.map(([release, version], index) =>
          aStage(`env${index}`, [aStep(release, citoid(release), citoid(release, version))]),
        )
        const text = planText(aPlan({stages}), {...OPTIONS, width: 500, detail: 'full'})
        const changed = stages.flatMap(stage =>
          stage.steps.flatMap(step =>
            step.changes.flatMap(change => hunksOf(change).flatMap(hunk => hunk.lines.filter(isChangedLine))),
          ),
        )
        for (const line of changed) expect(text).toContain(/image: .*:(.*)$/.exec(line)?.[1] ?? line)
      },
    ),
  )
})

function riding(count: number, environment: string): RideAlong {
  const newest = Array.from({length: count}, (_, index) => ({
    hash: `${count - index}c0ffee${'0'.repeat(33)}`,
    subject:
      index === 0
        ? 'citoid: ask the new translation server, which speaks the same protocol'
        : `citoid: step ${index}`,
    author: 'Ada Lovelace',
    committedAt: '2024-06-10T10:00:00Z',
  }))
  const command =
    "git -C /srv/deployment-charts log --oneline 8a1b2c3d4e..3f2c1ab4d5 -- helmfile.d/services/citoid charts/citoid ':(exclude)helmfile.d/services/citoid/values-eqiad.yaml'"
  const none = {newest: [], total: 0, isCut: false, command: ''}
  return {
    since:
      environment === 'codfw'
        ? {kind: 'time', revision: 12, at: '2024-05-02T09:00:00Z', why: 'not-by-deploy'}
        : {kind: 'run', runId: '20240502T090000-aaaa', commit: '8a1b2c3d4e5f', at: '2024-06-09T09:00:00Z'},
    commits: {newest, total: count, isCut: false, command},
    takenBack: environment === 'eqiad' ? {newest: newest.slice(1), total: 1, isCut: false, command} : none,
    outside:
      environment === 'staging'
        ? []
        : [
            {
              path: `/etc/helmfile-defaults/private/main_services/citoid/${environment}.yaml`,
              kind: 'changed',
            },
            {path: `/etc/helmfile-defaults/general-${environment}.yaml`, kind: 'new'},
          ],
  }
}

function drifted(
  environment: string,
  name: string,
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  more: Pick<Drift, 'fate'> & Partial<Drift>,
): Drift {
  const [change] = compareObjects(before, after, {contextLines: 3})
  const by = [
    {name: 'kubectl-edit', at: '2024-06-09T09:00:00Z'},
    {name: 'kubectl', at: undefined},
  ]
  return {environment, release: {namespace: 'citoid', name}, revision: 12, change: change!, by, ...more}
}

function checksummed(text: string) {
  const hex = Buffer.from(text.padEnd(32)).toString('hex')
  return [
    named(
      anObject('Deployment', {
        spec: {template: {metadata: {annotations: {'checksum/configuration': hex, 'checksum/secrets': hex}}}},
      }),
      'citoid-main',
    ),
  ]
}

function secrets(value: string) {
  return [
    anObject('Secret', {
      data: {key: Buffer.from(value).toString('base64')},
      stringData: {'config.yaml': `a: 1\nb: ${value}\n`},
    }),
  ]
}

function someHooks(): HookStep[] {
  const job = (command: string, tag: string) => {
    const containers = [{name: 'migrate', image: imageOf(tag), command: [command]}]
    return [named(anObject('Job', {spec: {template: {spec: {containers}}}}), 'citoid-main-migrate')]
  }
  const [change] = compareObjects(job('migrate', OLD), job('migrate-all', NEW), {contextLines: 3})
  const about = {objectKind: 'Job', namespace: 'citoid'}
  return [
    {...about, name: 'citoid-main-migrate', when: ['pre-upgrade'], runs: ['pre-upgrade'], change},
    {
      ...about,
      name: 'tidy',
      when: ['pre-install', 'post-upgrade'],
      runs: ['post-upgrade'],
      change: undefined,
    },
  ]
}

function imageOf(tag: string): string {
  return `docker-registry.discovery.wmnet/wikimedia/mediawiki-services-citoid:${tag}`
}

function bigConfig(word: string) {
  const lines = Array.from({length: 60}, (_, index) => `setting_${index}: ${word}`)
  return [named(anObject('ConfigMap', {data: {'settings.yaml': `${lines.join('\n')}\n`}}), 'citoid-settings')]
}

function manySmall() {
  return Array.from({length: 8}, (_, index) =>
    named(anObject('ConfigMap', {data: {a: `${index}`, b: '1', c: '2'}}), `small-${index}`),
  )
}

function manyImages(tag: string) {
  const containers = Array.from({length: 13}, (_, index) => ({
    name: `c${index}`,
    image: `docker-registry.discovery.wmnet/repos/data/part-${index}:${index % 3 === 0 ? OLD : tag}`,
  }))
  return [aWorkload('Deployment', {containers})]
}

test('differences are read as the compared objects made them', () => {
  const [change] = compareObjects(bigConfig('old'), bigConfig('new'), {contextLines: 1})
  expect(hunksOf(change!)).toMatchObject([{path: 'data[settings.yaml]'}])
})
