import type {StageSettings} from '../plan/stages.ts'
import type {World} from './world.ts'

/** What is configured and typed about the order of stages and the time between them. */
export function stageSettings(
  selectors: readonly string[],
  {settings, options}: Pick<World, 'settings' | 'options'>,
): World['settings'] & StageSettings {
  return {...settings, selectors, isUnattended: options.isUnattended}
}
