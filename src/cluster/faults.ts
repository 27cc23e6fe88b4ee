import {DeployError} from '../errors.ts'

/** Someone else wrote first: the object is there already, or is not the version we read. */
export class ConflictError extends Error {
  readonly reason: 'already-exists' | 'changed-meanwhile'

  constructor(reason: ConflictError['reason'], message: string) {
    super(message)
    this.name = 'ConflictError'
    this.reason = reason
  }
}

/** The server has forgotten the version a watch wanted to go on from (410): list again. */
export class ExpiredError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ExpiredError'
  }
}

/** What was being asked, for messages: `list pods in shop`. */
export type Asked = {verb: string; resource: string; namespace: string | undefined; server: string}

/** The server's answer with a bad status, as the error a person can act on. */
export function faultOfStatus(
  status: number,
  body: string,
  asked: Asked,
): DeployError | ConflictError | ExpiredError {
  const said = statusMessage(body)
  const doing = describe(asked)
  if (status === 401)
    return new DeployError(
      'forbidden',
      `${doing}: the cluster does not accept the kubeconfig's credentials (401)`,
      {
        hint: 'The token or certificate may have expired; deploy doctor checks every kubeconfig.',
      },
    )
  if (status === 403) return forbidden(doing, said, asked)
  if (status === 404) return new DeployError('not-found', `${doing}: ${said || 'not found'}`)
  if (status === 409) return new ConflictError(conflictReason(body), `${doing}: ${said || 'conflict'}`)
  if (status === 410) return new ExpiredError(`${doing}: ${said || 'expired'}`)
  if (status === 400 || status === 422 || isWrongType(status, said))
    return new DeployError('bad-render', `${doing}: the cluster refuses it: ${said || `status ${status}`}`)
  return new DeployError('unreachable', `${doing}: ${asked.server} answered ${status}: ${said}`)
}

/** A request that got no answer at all. */
export function faultOfConnection(cause: unknown, asked: Asked): DeployError {
  const code = (cause as NodeJS.ErrnoException).code ?? ''
  const text = (cause as Error).message || code
  return new DeployError('unreachable', `${describe(asked)}: ${asked.server}: ${text}`, {
    hint: connectionHint(code, asked.server),
    cause,
  })
}

function describe(asked: Asked): string {
  const place = asked.namespace === undefined ? '' : ` in ${asked.namespace}`
  return `${asked.verb} ${asked.resource}${place}`
}

/** Of a server-side apply whose fields have other types than the schema says, it makes a fault of its own. */
function isWrongType(status: number, said: string): boolean {
  return status === 500 && /failed to create (typed patch object|manager for)/.test(said)
}

/** Admission also answers 403; only RBAC says "cannot VERB resource" (apiserver's forbiddenMessage). */
function forbidden(doing: string, said: string, asked: Asked): DeployError {
  const isRbac = said === '' || /\bcannot \w+ (resource|path)/.test(said)
  if (!isRbac) return new DeployError('bad-render', `${doing}: the cluster refuses it: ${said}`)
  const place = asked.namespace === undefined ? '' : ` -n ${asked.namespace}`
  return new DeployError('forbidden', `${doing}: not permitted${said ? `: ${said}` : ''}`, {
    hint: `kubectl auth can-i ${asked.verb} ${asked.resource}${place} with this kubeconfig tells the same.`,
  })
}

function connectionHint(code: string, server: string): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `Is the name right? The kubeconfig says ${server}.`
  if (/CERT|SIGNATURE|SELF_SIGNED|SSL|EPROTO|TLS/.test(code))
    return "The server's certificate does not fit the kubeconfig's certificate-authority."
  return `curl -k ${server}/version shows whether the API server answers from here.`
}

function conflictReason(body: string): ConflictError['reason'] {
  return parseStatus(body)?.reason === 'AlreadyExists' ? 'already-exists' : 'changed-meanwhile'
}

function statusMessage(body: string): string {
  return parseStatus(body)?.message ?? body.trim().slice(0, 300)
}

function parseStatus(body: string): {message?: string; reason?: string} | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    return parsed !== null && typeof parsed === 'object' ? parsed : undefined
  } catch {
    return undefined
  }
}
