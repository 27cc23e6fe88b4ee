import {readFile} from 'node:fs/promises'
import {exec} from '../tools/exec.ts'

/** A process and when it began, so that another one with the same pid is never taken for it. */
export type ProcessIdentity = {pid: number; startTime: string}

/** What launch.sh wrote down: "PID START". */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const match = /^(\d+) +(\S.*?)\s*$/.exec(text)
  return match ? {pid: Number(match[1]), startTime: match[2] ?? ''} : undefined
}

/** Whether this very process still runs. One that has ended but that nobody has collected does not. */
export async function isRunning({pid, startTime}: ProcessIdentity): Promise<boolean> {
  return (await startTimeOf(pid)) === startTime
}

/** When a process began, as the system counts it; undefined when there is no such process. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return startTimeFromPs(pid)
  try {
    return startTimeInStat(await readFile(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return undefined
  }
}

/** Reads field 22 of /proc/PID/stat; the second field is a name in brackets, which may hold anything. */
export function startTimeInStat(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}

async function startTimeFromPs(pid: number): Promise<string | undefined> {
  const {stdout} = await exec('ps', ['-o', 'stat=,lstart=', '-p', String(pid)])
  const match = /^(\S+)\s+(\S.*?)\s*$/.exec(stdout)
  return match && !match[1]?.startsWith('Z') ? match[2] : undefined
}
