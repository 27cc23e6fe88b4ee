import {type ContainerContext, doomOf, named, shownByWarning, warningsOf} from './container-doom.ts'
import {type Container, endCountOf, endOf} from './containers.ts'
import {type PullFault, pullFaultOf} from './pull-errors.ts'
import {timeOf} from './text.ts'
import type {Doom, DoomReason} from './verdict.ts'

/** What keeps a container from starting: its image, what it refers to, what it is to run. */
export function judgeStart(container: Container, context: ContainerContext): Doom | undefined {
  return judgeImage(container, context) ?? judgeConfig(container, context) ?? judgeCommand(container, context)
}

/** https://kubernetes.io/docs/concepts/containers/images/: the kubelet's reasons around a pull (pkg/kubelet/images/types.go). */
function judgeImage(container: Container, context: ContainerContext): Doom | undefined {
  const {reason, message = ''} = container.status?.state?.waiting ?? {}
  const {image} = container
  const doom = (what: DoomReason, sentence: string) =>
    doomOf(
      what,
      sentence,
      container,
      context,
      [reason, message],
      shownByWarning(context, container, /pull|image/i),
    )
  if (reason === 'InvalidImageName') return doom('image-name-invalid', `"${image}" is not an image name`)
  if (reason === 'ErrImageNeverPull')
    return doom('image-never-pulled', `image ${image} is not on the node, and its policy is never to pull it`)
  if (
    !/^(ErrImagePull|ImagePullBackOff|RegistryUnavailable|ImageInspectError|SignatureValidationFailed)$/.test(
      reason ?? '',
    )
  )
    return undefined
  // Older kubelets say only "Back-off pulling image": then the warning has the cause.
  const fault = pullFaultOf(message) ?? pullFaultOf(pullWarnings(context, container)) ?? 'registry-fault'
  return doom(fault, PULL_SENTENCES[fault](image))
}

const PULL_SENTENCES: Record<PullFault, (image: string | undefined) => string> = {
  'image-not-found': image => `image ${image} is not in the registry`,
  'image-denied': image => `the registry does not hand out image ${image}: it is private, or not there`,
  'image-name-invalid': image => `"${image}" is not an image name`,
  'image-never-pulled': image => `image ${image} is not on the node, and its policy is never to pull it`,
  'registry-fault': image => `image ${image} cannot be pulled at the moment`,
}

/** The kubelet checks what a container refers to before it makes it (kubelet_pods.go, makeEnvironmentVariables). */
function judgeConfig(container: Container, context: ContainerContext): Doom | undefined {
  const {reason, message = ''} = container.status?.state?.waiting ?? {}
  if (reason !== 'CreateContainerConfigError') return undefined
  const shown = shownByWarning(context, container, /not found|couldn't find|sync|Error:/i)
  const words = [reason, message]
  // The kubelet's own cache is behind: krane learnt to wait here (pod.rb:223-250).
  if (/failed to sync (secret|configmap) cache/i.test(message))
    return doomOf(
      'config-not-synced',
      'the node has not got its Secrets and ConfigMaps yet',
      container,
      context,
      words,
      shown,
    )
  if (!/not found|couldn't find key|non-existent (config|secret) key/i.test(message)) return undefined
  const sentence = `${named(container)} refers to something that is not there: ${message}`
  return doomOf('config-missing', sentence, container, context, words, shown)
}

/** What container runtimes say when there is nothing to run: the image's or the command's own fault (runc, crun). */
const NOTHING_TO_RUN =
  /executable file .*not found|\bexec:? .*(no such file or directory|permission denied|exec format error|(is|not) a directory)|no command specified|runAsNonRoot|run as root|breaks non-root policy|non-numeric user/i

function judgeCommand(container: Container, context: ContainerContext): Doom | undefined {
  const waiting = container.status?.state?.waiting
  const end = endOf(container.status)
  const isEndNews = endCountOf(container.status) > context.endsBefore
  const cannotStart = /^(RunContainerError|CreateContainerError|CreateContainerConfigError)$/.test(
    waiting?.reason ?? '',
  )
  // A container that runs by now has started after all.
  const isHeld = isEndNews && container.status?.state?.running === undefined
  const startError = isHeld && /^(StartError|ContainerCannotRun)$/.test(end?.reason ?? '') ? end : undefined
  if (!cannotStart && startError === undefined) return undefined
  const words = [waiting?.reason ?? startError?.reason, waiting?.message ?? startError?.message]
  const text = `${waiting?.message ?? ''} ${startError?.message ?? ''}`
  const shownAtMs = timeOf(startError?.finishedAt) ?? shownByWarning(context, container, /Error|failed/i)
  const [reason, sentence] = NOTHING_TO_RUN.test(text)
    ? ([
        'cannot-run',
        `${named(container)} cannot be started: what it should run is not there, or may not run`,
      ] as const)
    : (['start-fault', `${named(container)} cannot be started`] as const)
  return doomOf(reason, sentence, container, context, words, shownAtMs)
}

function pullWarnings(context: ContainerContext, container: Container): string {
  const messages = warningsOf(context, container).map(each => each.message)
  return messages.filter(message => /pull/i.test(message)).join(' ')
}
