import * as path from 'node:path';
import { nodeFiles } from '../base/files.ts';

/** Name of the pipeline that a search beside it must beat. */
export const BASELINE = 'random-baseline.json';

/** Whether such a pipeline lies beside a pipeline, which is not it. */
export const baselineBeside = async (pipeline: string): Promise<boolean> =>
  path.basename(pipeline) !== BASELINE &&
  (await nodeFiles.stat(path.join(path.dirname(pipeline), BASELINE))) !== undefined;
