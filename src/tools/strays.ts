import {readdir, readFile} from 'node:fs/promises'

/** What a run gives every program it starts, so that those that outlive it can be found. */
export const RUN_VARIABLE = 'DEPLOY_RUN_ID'

/**
 * The pids of programs that a run started on this host and that still run, ourselves and those of other users left out. None where
 * the system does not tell.
 */
export async function straysOf(runId: string): Promise<number[]> {
  const names = await readdir('/proc').catch(() => [])
  const pids = names.map(Number).filter(pid => Number.isInteger(pid) && pid > 1 && pid !== process.pid)
  const found = await Promise.all(pids.map(async pid => ((await belongsTo(pid, runId)) ? [pid] : [])))
  return found.flat()
}

async function belongsTo(pid: number, runId: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  return environment.split('\0').includes(`${RUN_VARIABLE}=${runId}`)
}
