/** A command in a container, as kubectl runs it. */
export type ExecInPod = {
  kubeconfig: {path: string; context: string | undefined}
  namespace: string
  pod: string
  container: string
  command: readonly string[]
  /** Both ends are a terminal: kubectl puts ours into raw mode and gives the program one of its own. */
  hasTerminal: boolean
}

/** The arguments of kubectl: what to type to do the same by hand. */
export function execArgs(exec: ExecInPod): string[] {
  const {path, context} = exec.kubeconfig
  return [
    '--kubeconfig',
    path,
    ...(context === undefined ? [] : ['--context', context]),
    '--namespace',
    exec.namespace,
    'exec',
    exec.hasTerminal ? '-it' : '-i',
    exec.pod,
    '-c',
    exec.container,
    '--',
    ...exec.command,
  ]
}
