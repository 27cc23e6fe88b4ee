import {structuredPatch} from 'diff'
import type {StructuredPatchHunk} from 'diff'
import {type KubernetesObject, objectKey} from './kubernetes-object.ts'
import {doesRestartPods} from './restarts.ts'
import {isSameValue} from './same-value.ts'
import {type YamlLine, yamlLines} from './yaml-lines.ts'

/** How one object differs between what is deployed and what is wanted. Secret values are masked already. */
export type ObjectChange = {
  kind: 'added' | 'changed' | 'removed'
  objectKind: string
  namespace: string
  name: string
  /** Unified diff of the sorted YAML, masked, without file headers. */
  diff: string
  /** Whether this change makes pods start anew. */
  restartsPods: boolean
}

/**
 * What differs between two sets of objects, in the order of `after`, then what is gone.
 * Give it masked objects (`redactObjects`): what it is given is what people will read.
 */
export function compareObjects(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  {contextLines}: {contextLines: number},
): ObjectChange[] {
  const beforeByKey = byKey(before)
  const afterByKey = byKey(after)
  const keys = [...afterByKey.keys(), ...[...beforeByKey.keys()].filter(key => !afterByKey.has(key))]
  return keys.flatMap(key => {
    const change = compareOne(beforeByKey.get(key), afterByKey.get(key), contextLines)
    return change === undefined ? [] : [change]
  })
}

function byKey(objects: readonly KubernetesObject[]): Map<string, KubernetesObject> {
  return new Map(objects.map(object => [objectKey(object), object]))
}

function compareOne(
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
  contextLines: number,
): ObjectChange | undefined {
  const object = after ?? before
  if (object === undefined || isSameValue(before?.body, after?.body)) return undefined
  return {
    kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    objectKind: object.kind,
    namespace: object.namespace,
    name: object.name,
    diff: unifiedDiff(linesOf(before), linesOf(after), contextLines),
    restartsPods: doesRestartPods(before, after),
  }
}

function linesOf(object: KubernetesObject | undefined): YamlLine[] {
  return object === undefined ? [] : yamlLines(object.body)
}

/** Hunks as git prints them; behind `@@` stands the field of the first changed line. */
function unifiedDiff(before: readonly YamlLine[], after: readonly YamlLine[], contextLines: number): string {
  return hunksOf(before, after, contextLines)
    .map(hunk => [hunkHeader(hunk, before, after), ...hunk.lines].join('\n'))
    .join('\n')
}

type Hunk = Pick<StructuredPatchHunk, 'oldStart' | 'oldLines' | 'newStart' | 'newLines' | 'lines'>

/** Beyond this many differing lines the shortest diff is not worth its quadratic price. */
const MAX_EDITS = 1000

function hunksOf(before: readonly YamlLine[], after: readonly YamlLine[], contextLines: number): Hunk[] {
  const options = {context: contextLines, maxEditLength: MAX_EDITS}
  const patch = structuredPatch('', '', textOf(before), textOf(after), undefined, undefined, options)
  return patch?.hunks ?? [wholeReplaced(before, after)]
}

function wholeReplaced(before: readonly YamlLine[], after: readonly YamlLine[]): Hunk {
  return {
    oldStart: 1,
    oldLines: before.length,
    newStart: 1,
    newLines: after.length,
    lines: [...before.map(line => `-${line.text}`), ...after.map(line => `+${line.text}`)],
  }
}

function hunkHeader(hunk: Hunk, before: readonly YamlLine[], after: readonly YamlLine[]): string {
  const first = hunk.lines.findIndex(line => !line.startsWith(' '))
  const isRemoval = hunk.lines[first]?.startsWith('-') ?? false
  const line = isRemoval ? before[hunk.oldStart - 1 + first] : after[hunk.newStart - 1 + first]
  const range = `@@ -${rangeOf(hunk.oldStart, hunk.oldLines)} +${rangeOf(hunk.newStart, hunk.newLines)} @@`
  return line === undefined || line.path === '' ? range : `${range} ${line.path}`
}

/** No lines at all stand behind the line before. */
function rangeOf(start: number, count: number): string {
  return `${count === 0 ? start - 1 : start},${count}`
}

function textOf(lines: readonly YamlLine[]): string {
  return lines.map(line => `${line.text}\n`).join('')
}
