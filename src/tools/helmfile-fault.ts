import {DeployError, ToolError} from '../errors.ts'
import {complaintOf} from './complaint.ts'
import type {ExecResult} from './exec.ts'
import type {HelmfileSite} from './helmfile.ts'
import {diskFault, toolFault} from './tool-fault.ts'

/** helmfile's failure in its own words, without the argument dump it adds. */
export async function helmfileFailed(
  site: HelmfileSite,
  result: ExecResult,
  doing: string,
): Promise<DeployError> {
  const stderrTail = complaintOf(site.mask(result.stderr))
  const ofTools = diskFault(doing, stderrTail) ?? (await toolFault(site, stderrTail))
  if (ofTools !== undefined) return ofTools
  return new ToolError(
    'bad-render',
    `${doing}: helmfile exited ${result.exitCode ?? result.signal}.\n${stderrTail}`,
    {
      tool: 'helmfile',
      toolExitCode: result.exitCode,
      stderrTail,
      hint:
        missingValueHint(stderrTail) ??
        'Correct the file named above; --show-commands shows how to run helmfile by hand.',
    },
  )
}

// Go's template engine says this of `.Values.KEY`, and of `.Environment.Values.KEY`.
function missingValueHint(stderr: string): string | undefined {
  const key = /at <\.(?:Environment\.)?Values\.[\w.]+>: map has no entry for key "(\w+)"/.exec(stderr)?.[1]
  return key === undefined
    ? undefined
    : `The helmfile wants a state value: --state-values-set ${key}=VALUE, or stateValues in deploy.yaml.`
}
