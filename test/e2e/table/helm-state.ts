import {createHash} from 'node:crypto'
import {join} from 'node:path'
import {compareObjects, type ObjectChange} from '../../../src/diff/changes.ts'
import {type KubernetesObject, objectKey, parseManifest} from '../../../src/diff/manifests.ts'
import {redactObjects} from '../../../src/diff/redact.ts'
import type {Plan, ReleaseStep} from '../../../src/plan/plan.ts'
import {exec} from '../../../src/tools/exec.ts'
import {sandbox} from '../deploy.ts'

/** What helm holds of a release, in helm's own words; empty when it is not installed. */
export type HelmState = {namespace: string; name: string; manifest: string; hooks: string}

type ReleaseRef = {namespace: string; name: string}

export function readHelmStates(environment: string, releases: readonly ReleaseRef[]): Promise<HelmState[]> {
  return Promise.all(
    releases.map(async release => ({
      ...release,
      manifest: await helmGet(environment, release, 'manifest'),
      hooks: await helmGet(environment, release, 'hooks'),
    })),
  )
}

/** Object by object: what the plan said each becomes, against what it has become. */
export function plannedAndMade(plan: Plan, before: readonly HelmState[], after: readonly HelmState[]) {
  const steps = plan.stages.flatMap(stage => stage.steps)
  const pairs = after.map(state => {
    const old = before.find(one => one.name === state.name && one.namespace === state.namespace)
    const step = steps.find(
      ({release}) => release.name === state.name && release.namespace === state.namespace,
    )
    return {
      planned: plannedIn(step),
      made: {
        changes: changesBetween(old?.manifest ?? '', state.manifest, state.namespace),
        hooks: changesBetween(old?.hooks ?? '', state.hooks, state.namespace).map(asHook),
      },
    }
  })
  return {planned: pairs.map(pair => pair.planned), made: pairs.map(pair => pair.made)}
}

/** All objects of a release, hooks too, by what names them. */
export function objectsIn(texts: readonly string[], namespace: string): Record<string, unknown> {
  const objects = texts.flatMap(text => parseManifest(text, namespace))
  return Object.fromEntries(objects.map(object => [objectKey(object), object.body]))
}

function plannedIn(step: ReleaseStep | undefined) {
  return {
    changes: (step?.changes ?? []).map(withoutKey),
    hooks: (step?.hooks ?? []).flatMap(hook => (hook.change === undefined ? [] : [withoutKey(hook.change)])),
  }
}

function changesBetween(before: string, after: string, namespace: string) {
  const parsed = (text: string): KubernetesObject[] => redactObjects(parseManifest(text, namespace), digest)
  return compareObjects(parsed(before), parsed(after), {contextLines: 3}).map(withoutKey)
}

// A Secret's fingerprint is made with the key of one run.
function withoutKey(change: ObjectChange): ObjectChange {
  return {...change, diff: change.diff.replaceAll(/(<hidden, \d+ bytes, #)[0-9a-f]+>/g, '$1…>')}
}

// Its pods are its own.
function asHook(change: ObjectChange): ObjectChange {
  return {...change, restartsPods: false}
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}

async function helmGet(environment: string, {namespace, name}: ReleaseRef, what: string): Promise<string> {
  const kubeconfig = join(sandbox().kubernetes, `${namespace}-deploy-${environment}.config`)
  const args = ['--kubeconfig', kubeconfig, '--namespace', namespace, 'get', what, name]
  const result = await exec(join(sandbox().bin, 'helm3.19'), args)
  if (!result.failed) return result.stdout
  if (/release: not found/.test(result.stderr)) return ''
  throw new Error(`helm get ${what} ${name}: ${result.stderr}`)
}
