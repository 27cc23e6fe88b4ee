/** The schema of what each command prints for `--json`; a run that ends before it has that prints the error document. */
export const DOCUMENTS: Readonly<Record<string, string>> = {
  service: 'outcome',
  diff: 'outcome',
  rollback: 'outcome',
  resume: 'outcome',
  abort: 'outcome',
  status: 'status',
  history: 'history',
  logs: 'log',
  doctor: 'doctor',
  'version get': 'versions',
  'sandbox status': 'sandbox',
}
