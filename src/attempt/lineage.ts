import * as os from 'node:os';
import type { Timer } from '../net/backend.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import type { Lineage } from '../schema/generated/record.ts';
import { cpuModel, numericsOf } from './backends.ts';

/** The artifacts that were read of which only a part is in the fingerprint. */
function inputsOf({ inputs }: AttemptRequest): Pick<Lineage, 'inputs'> {
  const partly = Object.entries(inputs).flatMap(([port, input]) =>
    input!.essence ? [[port, input!.digest]] : [],
  );
  return partly.length === 0 ? {} : { inputs: Object.fromEntries(partly) };
}

/** Where this attempt's outputs come from: what the driver knows of the code, and this process. */
export const lineageOf = (request: AttemptRequest, backend: Pick<Timer, 'info'> | undefined): Lineage => ({
  ...request.lineage,
  ...inputsOf(request),
  node: process.version,
  os: `${os.type()} ${os.release()}`,
  arch: process.arch,
  host: os.hostname(),
  cpu: cpuModel(),
  ...(backend ? { backend: backend.info, numerics: numericsOf(backend.info) } : {}),
  ...(request.device ? { device: request.device } : {}),
});
