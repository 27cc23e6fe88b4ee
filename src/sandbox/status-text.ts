import type {ClusterStatus, SandboxStatus} from './status.ts'

/** The status for people. */
export function statusText(status: SandboxStatus): string {
  if (status.kind === 'absent') return `sandbox ${status.name}: none yet; deploy sandbox up starts it`
  const rows = [['CLUSTER', 'API SERVER', 'STATE', 'PODS'], ...status.clusters.map(rowOf)]
  const {registry} = status
  const isWhole = [...status.clusters, registry].every(({state}) => state === 'up')
  return [
    `sandbox ${status.name}, ${status.nodes} nodes, charts from ${status.chartsDir}`,
    ...table(rows),
    `registry ${registry.url}: ${registry.state}`,
    ...(isWhole ? [] : ['deploy sandbox up starts what is missing']),
  ].join('\n')
}

function rowOf({cluster, server, state, missing, pods}: ClusterStatus): string[] {
  const why =
    state === 'half-up' ? `: ${missing.length > 0 ? `${missing.join(', ')} not running` : 'no answer'}` : ''
  return [cluster, server, `${state}${why}`, pods ? `${pods.running} running of ${pods.all}` : '-']
}

function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map(row => row[column]?.length ?? 0)),
  )
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
