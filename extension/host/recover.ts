/** Going on after a panic of the core, which leaves nothing of what it knew to rely on. */
import type { LiveContainer } from './containers/liveContainer.js';
import { buildProject, type BuiltProject, type ProjectSettings } from './session/project.js';
import { adopt } from './session/reconcile.js';

/**
 * Builds the project as it is now, and makes the container hold what that build does by comparing
 * all of it. Says whether anything had to be changed.
 */
export async function recover(
    settings: ProjectSettings,
    live: LiveContainer,
    from: string,
): Promise<{ readonly project: BuiltProject; readonly changed: boolean }> {
    const project = await buildProject(settings);
    try {
        const { docker, session } = settings;
        return { project, changed: await adopt(docker, session, live, from, project.image) };
    } catch (error) {
        project.planner.free();
        throw error;
    }
}
