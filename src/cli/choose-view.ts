import type {DeployEvent} from '../plan/events.ts'
export type ViewFlags = {
  json: boolean
  output: string
  events: boolean
  color: boolean
  context: number
  'show-commands': boolean
}
export async function chooseView(flags: ViewFlags) {
  void flags
  return {
    on(event: DeployEvent) {
      console.log(JSON.stringify(event, (k, v) => (k === 'diff' ? v.split('\n').length : v)).slice(0, 3000))
    },
    confirm: async (q: string) => {
      console.log('?', q)
      return true
    },
    close() {},
  }
}
