import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, type TestProject } from '../engine/project.ts';
import { ort, version } from '../onnx/installed.ts';
import { interpret } from '../onnx/interpret.ts';
import { readOnnx } from '../onnx/read.ts';
import { pipeHere } from './pipe.ts';
import { fits } from './schema.ts';

/** A stage type that gives a model: logit k of an image is k + the mean of its standardised pixels. */
const oracle = {
  'schemas/stages/oracle.schema.json': JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    description: 'Gives a model.',
    type: 'object',
    additionalProperties: false,
    properties: {},
    'x-stage': {
      outputs: {
        model: { kind: 'model', description: 'The model.' },
        note: { kind: 'json', description: 'A number.' },
      },
    },
  }),
  'stages/oracle/stage.ts': `
import { NetworkBuilder } from 'naspipe/net';
import { defineStage } from 'naspipe/stage';
export default defineStage<{}, {}, { model: 'model'; note: 'json' }>({
  async run() {
    const input = { h: 2, w: 2, c: 1 };
    const builder = new NetworkBuilder(input);
    const pooled = builder.globalPool('pool', builder.input);
    const network = builder.finish(builder.dense('head', pooled, { units: 3 }));
    const [kernel, bias] = network.weights;
    const weights = new Map([
      [kernel!.name, { shape: [1, 3], data: Float32Array.of(1, 1, 1) }],
      [bias!.name, { shape: [3], data: Float32Array.of(0, 1, 2) }],
    ]);
    const accuracy = { value: 0.5, provenance: 'trained', split: 'train', images: 4 } as const;
    const training = { epochs: 1, images: 4, accuracy };
    const info = { classes: ['a', 'b', 'c'], mean: [0.25], deviation: [0.5], input, training };
    return { model: { info, network, weights }, note: 1 };
  },
});
`,
};

let project: TestProject;
beforeAll(async () => {
  project = await createProject(oracle);
  const { result } = await project.run({
    pipeline: { name: 'oracle', stages: { oracle: { type: 'oracle' }, one: { type: 'constant' } } },
  });
  expect(result.status).toBe('ok');
}, 120_000);
afterAll(() => project.remove());

const pipe = (...words: string[]) => pipeHere(project.root, ...words);
/** Pixels of two images, and the logits that the model has for them. */
const pixels = { dims: [2, 1, 2, 2], data: Float32Array.of(0.25, 0.25, 0.25, 0.25, 1, 0.75, 0.5, 0.25) };
const logits = [0, 1, 2, 0.75, 1.75, 2.75];

test('a model leaves the house as an ONNX file', async () => {
  const { code, out } = await pipe('export', 'latest:oracle', 'best.onnx');
  expect({ code, out }).toEqual({
    code: 0,
    out:
      'wrote best.onnx: 817 B, ONNX opset 17\n' +
      'takes images [batch, 1, 2, 2], pixels in 0…1; gives logits [batch, 3]: a, b, c\n',
  });
  const file = await fs.readFile(path.join(project.root, 'best.onnx'));
  const model = readOnnx(file);
  const { metadata } = model;
  expect(JSON.parse(metadata.get('classes')!)).toEqual(['a', 'b', 'c']);
  expect(metadata.get('accuracy')).toBe('accuracy 50.0 % (trained; 4 train images)');
  expect([...interpret(model, pixels).data]).toEqual(logits);
});

test.skipIf(ort === undefined)(`onnxruntime-node (${version}) takes the file`, async () => {
  await pipe('export', 'latest:oracle/model', 'there.onnx');
  const session = await ort!.InferenceSession.create(
    await fs.readFile(path.join(project.root, 'there.onnx')),
    {},
  );
  const given = await session.run({ images: new ort!.Tensor('float32', pixels.data, pixels.dims) });
  expect([...given.logits!.data]).toEqual(logits);
});

test('as JSON', async () => {
  const { out } = await pipe('export', 'latest:oracle', 'best.onnx', '--json');
  expect(await fits('output/export-model', JSON.parse(out))).toEqual([]);
});

test.each([
  [
    'latest',
    /^latest is a whole run, which npx pipe export latest <file>\.tar\.gz writes; .* there is \S+:oracle\/model$/,
  ],
  ['latest:one', /^stage one gives no model, and an ONNX file holds one; there is \S+:oracle\/model$/],
  ['latest:oracle/note', /^oracle\/note is of kind json, and an ONNX file holds a model; there is/],
  ['latest:oracle/modle', /has no output "modle"; did you mean "model"\?/],
  ['latest:orakle', /has no stage "orakle"; did you mean "oracle"\?/],
])('%s is no model', async (what, message) => {
  const { code, err } = await pipe('export', what, 'best.onnx', '--json');
  expect(code).toBe(2);
  expect((JSON.parse(err) as { problems: { message: string }[] }).problems[0]!.message).toMatch(message);
});
