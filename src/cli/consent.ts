/** Whether a person is there to be asked: with no terminal nobody is, and nothing is assumed. */
export function consentOf(flags: {
  yes: boolean
  json: boolean
  events: boolean
  output: string
}): 'ask' | 'go' | 'stop' {
  if (flags.yes) return 'go'
  return isTerminal() && !flags.json && !flags.events && flags.output !== 'json' ? 'ask' : 'stop'
}

export function isTerminal(): boolean {
  return Boolean(process.stdin.isTTY && (process.stdout.isTTY || process.stderr.isTTY))
}
