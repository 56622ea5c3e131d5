import type { ArtifactValues, Kind } from '../stage/index.ts';

/** Where reports take artifacts from. */
export interface ArtifactSource {
  /** The loaded artifact; undefined when the store no longer has it whole. */
  load<K extends Kind>(kind: K, digest: string): Promise<ArtifactValues[K] | undefined>;
}
