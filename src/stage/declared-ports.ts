import { kindNames } from './artifacts.ts';
import type { Kind } from './contract.ts';
import type { Manifest } from './manifest.ts';

/** Port → kind in a param of a stage; what is no such thing is left out, because the schema says it. */
const declaredPorts = (of: unknown, what: string): Manifest['inputs'] =>
  Object.fromEntries(
    Object.entries(typeof of === 'object' && of !== null ? of : {}).flatMap(([port, kind]) =>
      (kindNames as readonly unknown[]).includes(kind)
        ? [
            [
              port,
              {
                kind: kind as Kind,
                optional: false,
                many: false,
                description: `Declared in params.${what}.`,
              },
            ],
          ]
        : [],
    ),
  );

/** The manifest of one stage: where ports are declared, with those that its params declare. */
export const withDeclaredPorts = (manifest: Manifest, params: unknown): Manifest => {
  if (manifest.ports === 'fixed') return manifest;
  const { inputs, outputs } = (params ?? {}) as { inputs?: unknown; outputs?: unknown };
  return {
    ...manifest,
    inputs: declaredPorts(inputs, 'inputs'),
    outputs: declaredPorts(outputs, 'outputs'),
  };
};
