import * as path from 'node:path';
import type { EnvironmentWish } from '../engine/identity/environment.ts';
import type { Asked } from '../engine/repeat/kept-run.ts';
import type { Io } from './io.ts';
import type { PipelineOptions } from './options.ts';

/** What should train and be measured, as the options say. */
export const wishOf = ({
  backend,
  threads,
  device,
}: Pick<PipelineOptions, 'backend' | 'threads' | 'device'>): EnvironmentWish => ({
  ...(backend === undefined ? {} : { backend }),
  ...(threads === undefined ? {} : { threads }),
  ...(device === undefined ? {} : { device }),
});

/** What is laid over a pipeline, the seed among it. */
export const setsOf = ({ set, seed }: Pick<PipelineOptions, 'set' | 'seed'>): string[] => [
  ...set,
  ...(seed === undefined ? [] : [`seed=${seed}`]),
];

/** All that the words of a command say about what a run finds. */
export const askedOf = (io: Pick<Io, 'directory'>, file: string, options: PipelineOptions): Asked => ({
  pipeline: path.resolve(io.directory, file),
  sets: setsOf(options),
  only: options.only,
  from: options.from,
  until: options.until,
  wish: wishOf(options),
});

/** What the command line remembers with a run that is kept: the name of the pipeline that it must beat. */
export type Remark = { readonly baseline?: string };
