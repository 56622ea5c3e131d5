import { nodeFiles, readText } from '../../base/files.ts';
import { stageTypeReference, stageTypesTable } from '../../report/stage-type.ts';
import { didYouMean } from '../../schema/nearest.ts';
import { discoverStageTypes, projectRoot } from '../../stage/discovery.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { reportProblems } from '../problems.ts';

/** Lists stage types, or prints the reference of one. */
export async function types(
  io: Io,
  name: string | undefined,
  { json }: { readonly json?: true },
): Promise<ExitCode> {
  const found = await discoverStageTypes(nodeFiles, await projectRoot(nodeFiles, io.directory));
  const known = [...found.types.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (name === undefined) {
    if (json) {
      const rows = known.map(({ name, origin, package: from, manifest }) => ({
        type: name,
        origin,
        package: from,
        description: manifest.description,
      }));
      io.out.write(`${JSON.stringify({ types: rows })}\n`);
    } else io.out.write(`${stageTypesTable(known).join('\n')}\n`);
    const broken = [...found.broken].flatMap(([type, problems]) =>
      problems.map((problem) => ({ ...problem, message: `stage type ${type}: ${problem.message}` })),
    );
    const problems = [...found.problems, ...broken];
    return problems.length === 0 ? EXIT.ok : reportProblems(io, problems, { json });
  }
  const type = found.types.get(name);
  if (!type) {
    const broken = found.broken.get(name);
    if (broken) return reportProblems(io, broken, { json });
    const message = `no stage type "${name}"${didYouMean(name, [...found.types.keys(), ...found.broken.keys()])}`;
    return reportProblems(io, [{ code: 'unknown-stage-type', message }], { json });
  }
  if (json) {
    const schema: unknown = JSON.parse(await readText(nodeFiles, type.schemaFile));
    const { origin, package: from } = type;
    io.out.write(`${JSON.stringify({ type: name, origin, package: from, schema })}\n`);
  } else io.out.write(`${stageTypeReference(type, io.out.style).join('\n')}\n`);
  return EXIT.ok;
}
