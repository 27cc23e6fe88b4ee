import {readdir, readFile} from 'node:fs/promises'

/** What a run gives every program it starts, so that those that outlive it can be found. */
export const RUN_VARIABLE = 'DEPLOY_RUN_ID'

/**
 * The pids of programs that some runs started on this host and that still run, ourselves and those of other users left out. None where
 * the system does not tell.
 */
export async function straysOf(runIds: readonly string[]): Promise<number[]> {
  const names = await readdir('/proc').catch(() => [])
  const pids = names.map(Number).filter(pid => Number.isInteger(pid) && pid > 1 && pid !== process.pid)
  const found = await Promise.all(pids.map(async pid => ((await belongsTo(pid, runIds)) ? [pid] : [])))
  return found.flat()
}

async function belongsTo(pid: number, runIds: readonly string[]): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  const given = new Set(environment.split('\0'))
  return runIds.some(runId => given.has(`${RUN_VARIABLE}=${runId}`))
}
