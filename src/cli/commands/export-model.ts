import { nodeFiles } from '../../base/files.ts';
import { type Failure, fail, ok, type Result } from '../../base/result.ts';
import { accuracyText } from '../../kinds/text.ts';
import { exportOnnx, ONNX_INPUT, ONNX_OUTPUT } from '../../onnx/index.ts';
import { findOutput, findRun, findStage, parseReference } from '../../report/reference.ts';
import { storeSource } from '../../report/source.ts';
import { bytes } from '../../report/units.ts';
import type { ExportModelOutput } from '../../schema/generated/output/export-model.ts';
import type { RunResult, StageResult } from '../../schema/generated/run-result.ts';
import { listOf } from '../../schema/nearest.ts';
import type { TrainedModel } from '../../stage/index.ts';
import type { Store } from '../../store/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import { openArchive } from '../open-run.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/** Whether a file is to hold a model for other programs. */
export const isModelName = (name: string): boolean => name.endsWith('.onnx');

/** Writes a trained model as an ONNX file: pixels in 0…1 in, logits out. */
export async function exportModel(
  io: Io,
  text: string,
  name: string,
  { store: place, json }: StoreOptions,
): Promise<ExitCode> {
  const store = await openExisting(io, place);
  if (!store.ok) return reportProblems(io, store.failures, { json });
  const found = await findModel(store.value, text);
  if (!found.ok) return reportProblems(io, found.failures, { json });
  const { model, digest } = found.value;
  const file = onnxOf(model, digest);
  const written = await openArchive(io, name, async (path) => ok(await nodeFiles.writeAtomic(path, file)));
  if (!written.ok) return reportProblems(io, written.failures, { json });
  const { h, w, c } = model.info.input;
  const said: ExportModelOutput = {
    file: name,
    model: digest,
    bytes: file.length,
    input: { name: ONNX_INPUT, shape: [c, h, w] },
    output: { name: ONNX_OUTPUT, classes: model.info.classes.length },
  };
  io.out.write(
    json
      ? `${JSON.stringify(said)}\n`
      : `wrote ${name}: ${bytes(file.length)}, ONNX opset 17\n` +
          `takes ${ONNX_INPUT} [batch, ${c}, ${h}, ${w}], pixels in 0…1; gives ${ONNX_OUTPUT} [batch, ${model.info.classes.length}]: ` +
          `${model.info.classes.join(', ')}\n`,
  );
  return EXIT.ok;
}

/** The model that `<run>:<stage>` or `<run>:<stage>/<port>` means. */
async function findModel(
  store: Store,
  text: string,
): Promise<Result<{ readonly model: TrainedModel; readonly digest: string }, Failure>> {
  const reference = parseReference(text);
  const run = await findRun(store, reference.run);
  if (!run.ok) return run;
  if (reference.stage === undefined) return fail({ code: 'no-model', message: notAStage(text, run.value) });
  const stage = findStage(run.value, reference.stage);
  if (!stage.ok) return stage;
  const port = reference.port ?? modelPorts(stage.value)[0];
  if (port === undefined) {
    const message = `stage ${reference.stage} gives no model, and an ONNX file holds one${modelsOf(run.value)}`;
    return fail({ code: 'no-model', message });
  }
  const output = findOutput(reference.stage, stage.value, port);
  if (!output.ok) return output;
  const { kind, digest } = output.value;
  if (kind !== 'model') {
    const message = `${reference.stage}/${port} is of kind ${kind}, and an ONNX file holds a model${modelsOf(run.value)}`;
    return fail({ code: 'no-model', message });
  }
  const model = await storeSource(store).load('model', digest);
  if (model !== undefined) return ok({ model, digest });
  const message = `the store no longer has ${reference.stage}/${port} whole; npx pipe run makes it again`;
  return fail({ code: 'artifact-missing', message });
}

const modelPorts = ({ outputs }: StageResult): string[] =>
  Object.entries(outputs).flatMap(([port, output]) => (output!.kind === 'model' ? [port] : []));

/** `; run 3f2 has latest:train/model`, or that it has none. */
function modelsOf({ run, stages }: RunResult): string {
  const models = Object.entries(stages).flatMap(([id, stage]) =>
    modelPorts(stage!).map((port) => `${run}:${id}/${port}`),
  );
  return models.length === 0 ? `; run ${run} made none` : `; there is ${listOf(models, 'and')}`;
}

const notAStage = (text: string, result: RunResult): string =>
  `${text} is a whole run, which npx pipe export ${text} <file>.tar.gz writes; an ONNX file holds one model${modelsOf(result)}`;

/** The file, with what it takes to use it as metadata. */
function onnxOf({ info, network, weights }: TrainedModel, digest: string): Uint8Array {
  return exportOnnx(network, weights, {
    name: `naspipe ${digest.slice(0, 12)}`,
    standardise: info,
    metadata: {
      model: digest,
      classes: JSON.stringify(info.classes),
      preprocessing:
        'pixels in 0…1; the graph subtracts the mean of each channel and divides by its deviation',
      accuracy: accuracyText(info.training.accuracy),
    },
  });
}
