import {type ChangedLine, changedLines} from '../diff/changed-lines.ts'
import {shortImage} from '../diff/images.ts'
import type {Doom, DoomReason, WorkloadRef} from '../rollout/verdict.ts'
import type {ReleaseStep} from './plan.ts'

type Changed = Pick<ReleaseStep, 'action' | 'changes' | 'images'>

/**
 * Which of a step's changes most likely doomed it, in a few words: a guess, from what the reason usually comes from and what the
 * preview showed. None when nothing fits, and for a first installation, where everything is new.
 */
export function likelyCause(doom: Doom, workload: WorkloadRef, step: Changed): string | undefined {
  if (step.action.kind === 'install') return undefined
  const lines = step.changes
    .filter(each => each.objectKind === workload.kind && each.name === workload.name)
    .flatMap(each => changedLines(each.diff))
    // What Kubernetes itself names comes first.
    .toSorted((a, b) => isNamed(b, doom) - isNamed(a, doom))
  for (const suspect of SUSPECTS[doom.reason] ?? []) {
    const found =
      suspect === 'image'
        ? imageText(doom, step)
        : suspect === 'config'
          ? configText(step)
          : fieldText(lines.filter(line => FIELDS[suspect].test(line.path)))
    if (found !== undefined) return found
  }
  return undefined
}

const FIELDS = {
  memory: /resources.*memory/,
  resources: /resources/,
  references: /(secret|configMap)(KeyRef|Ref)\.(name|key)$|\bsecretName$|\bconfigMap\.name$/,
  environment: /\benv(From)?\b/,
  command: /\b(command|args|workingDir)\b/,
  probe: /(liveness|readiness|startup)Probe/,
  ports: /\b(ports|targetPort|containerPort)\b/,
  placement: /\b(nodeSelector|affinity|tolerations|nodeName)\b/,
  replicas: /\breplicas$/,
  security: /securityContext|serviceAccountName/,
  labels: /\b(selector|labels)\b/,
  scaling: /\b(scaleTargetRef|metrics)\b/,
} as const

type Suspect = keyof typeof FIELDS | 'image' | 'config'

/** What each reason usually comes from, the most telling first. */
const SUSPECTS: Partial<Record<DoomReason, readonly Suspect[]>> = {
  'crash-loop': ['command', 'image', 'environment', 'config', 'security'],
  'exits-cleanly': ['command', 'image', 'environment', 'config'],
  'out-of-memory': ['memory', 'image'],
  'probe-killed': ['probe', 'ports', 'image', 'environment', 'config', 'resources'],
  'not-ready': ['probe', 'ports', 'image', 'environment', 'config', 'resources'],
  'image-not-found': ['image'],
  'image-denied': ['image'],
  'image-name-invalid': ['image'],
  'image-never-pulled': ['image'],
  'registry-fault': ['image'],
  'config-missing': ['references', 'environment'],
  'config-not-synced': ['references'],
  'volume-fault': ['references'],
  'cannot-run': ['command', 'security', 'image'],
  'start-fault': ['command', 'security', 'image', 'resources'],
  unschedulable: ['placement', 'resources', 'replicas'],
  'quota-exceeded': ['replicas', 'resources'],
  'admission-refused': ['security', 'labels', 'resources'],
  'job-failed': ['command', 'image', 'environment', 'config'],
  'pod-failed': ['command', 'image', 'environment', 'config'],
  'selects-no-pod': ['labels', 'ports'],
  'cannot-scale': ['scaling'],
}

function imageText({container}: Doom, {images}: Changed): string | undefined {
  const fitting = images.filter(image => container === undefined || image.container === container)
  const changed = fitting.find(({before, after}) => before !== undefined && after !== undefined)
  if (changed === undefined) return undefined
  return `image ${shortImage(changed.before ?? '')} → ${shortImage(changed.after ?? '')}`
}

/** What the container reads when it starts. */
function configText({changes}: Changed): string | undefined {
  const config = changes.find(({objectKind}) => objectKind === 'ConfigMap' || objectKind === 'Secret')
  return config && `${config.objectKind} ${config.name} ${config.kind === 'added' ? 'is new' : config.kind}`
}

/** A field that has another value, else one that is new, else one that is gone. */
function fieldText(lines: readonly ChangedLine[]): string | undefined {
  const told = lines.filter(({value}) => value !== '')
  const added = told.find(({sign}) => sign === '+')
  const before = told.find(({sign, key}) => sign === '-' && key === added?.key)
  if (added !== undefined)
    return `${nameOf(added)} ${before === undefined ? `is new: ${added.value}` : `${before.value} → ${added.value}`}`
  const [removed] = told
  return removed && `${nameOf(removed)} ${removed.value} is gone`
}

/** Every pod template stands at the same place: that says nothing. */
function nameOf({path}: ChangedLine): string {
  return path.replace(/^spec\.(jobTemplate\.spec\.)?template\.spec\./, '')
}

function isNamed({value}: ChangedLine, {evidence}: Doom): number {
  return value !== '' && evidence.includes(value) ? 1 : 0
}
