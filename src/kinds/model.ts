import type { Json } from '../base/canonical.ts';
import { digestBytes } from '../base/digest.ts';
import { type Failure, fail } from '../base/result.ts';
import { checkNetwork, countNetwork, describeNetwork, type Network, writeSafetensors } from '../net/index.ts';
import type { ModelInfo } from '../schema/generated/artifacts/model.ts';
import type { Essences, TrainedModel } from '../stage/artifacts.ts';
import { change, jsonChanges } from './changes.ts';
import type { ArtifactKind, Change } from './kind.ts';
import { schemaFailure } from './schema.ts';
import { accuracyText, amount, figure } from './text.ts';
import { expectFiles, jsonFile, jsonOf, tensorsOf } from './tree.ts';
import { inconsistent, membersOf, settle, tensorsFailure } from './value.ts';
import { weightChanges } from './weights.ts';

/** `info.json` (classes, preprocessing, provenance), `network.json` and `weights.safetensors`. */
export const model: ArtifactKind<TrainedModel> = {
  kind: 'model',
  version: 1,
  description: 'A network with weights, trained or inherited, and what it takes to use it.',

  check(value) {
    const { info, network, weights } = membersOf(value);
    const failure =
      schemaFailure('model', info, 'info.json') ??
      schemaFailure('network', network, 'network.json') ??
      tensorsFailure(weights, 'weights.safetensors');
    if (failure) return settle(value, [failure]);
    const checked = checkNetwork(network as Network);
    if (!checked.ok) {
      return fail(...checked.failures.map(({ message }) => inconsistent(`network.json: ${message}`)));
    }
    return settle(value, [...failures(value as TrainedModel)]);
  },

  save: ({ info, network, weights }) =>
    new Map([
      ['info.json', jsonFile(info)],
      ['network.json', jsonFile(network)],
      ['weights.safetensors', writeSafetensors(weights)],
    ]),

  load(tree) {
    const files = expectFiles(tree, ['info.json', 'network.json', 'weights.safetensors']);
    if (!files.ok) return files;
    const info = jsonOf(tree, 'info.json');
    if (!info.ok) return info;
    const network = jsonOf(tree, 'network.json');
    if (!network.ok) return network;
    const weights = tensorsOf(tree, 'weights.safetensors');
    if (!weights.ok) return weights;
    return model.check({ info: info.value, network: network.value, weights: weights.value });
  },

  essences: {
    predictor: {
      version: 1,
      description: 'network, weights and preprocessing, without how long and on what it was trained',
      of: ({
        info: { training, ...info },
        network,
        weights,
      }: TrainedModel): Essences['model']['predictor'] => ({
        info,
        network,
        weights,
        weightsFrom: weightsFrom(training),
      }),
      canonical({ info: { training, ...info }, network, weights }) {
        const from = weightsFrom(training);
        const part = { info, network, weights: digestBytes(writeSafetensors(weights)) };
        // said only where it is not what every model was when this version began
        const plain = from.provenance === 'trained' && from.start === undefined;
        return { ...part, ...(plain ? {} : { weightsFrom: from }) } as unknown as Json;
      },
    },
  },

  describe({ info, network }) {
    const { params, macs } = countNetwork(network);
    const { accuracy } = info.training;
    return { params, macs, [`${accuracy.split} accuracy`]: accuracy.value, epochs: info.training.epochs };
  },

  render({ info, network }) {
    const { accuracy } = info.training;
    return [
      `${info.input.h}x${info.input.w}x${info.input.c} images → ${info.classes.length} classes: ${info.classes.join(', ')}`,
      `pixels in 0…1, minus ${info.mean.map(figure).join(' ')}, divided by ${info.deviation.map(figure).join(' ')}`,
      `${originText(info.training)}: ${accuracyText(accuracy)}`,
      '',
      describeNetwork(network),
    ].join('\n');
  },

  diff(a, b) {
    const [before, after] = [countNetwork(a.network), countNetwork(b.network)];
    return [
      ...change('params', before.params, after.params, { unit: 'params' }),
      ...change('macs', before.macs, after.macs, { unit: 'macs' }),
      ...jsonChanges(a.info, b.info),
      ...layerChanges(a.network, b.network),
      ...weightChanges(a.weights, b.weights),
    ];
  },
};

const weightsFrom = ({ start, accuracy }: ModelInfo['training']) => ({
  provenance: accuracy.provenance,
  ...(start === undefined ? {} : { start }),
});

/** `trained 30 epochs on 60,000 images, from inherited weights` */
function originText({ epochs, images, start, accuracy }: ModelInfo['training']): string {
  if (accuracy.provenance === 'inherited') {
    return `weights of a supernet, batch normalisation recalibrated on ${amount(images)} images`;
  }
  const from = start === undefined ? '' : `, from ${start} weights`;
  return `trained ${figure(epochs)} epochs on ${amount(images)} images${from}`;
}

function* failures({ info, network, weights }: TrainedModel): Iterable<Failure> {
  const { h, w, c } = info.input;
  if (network.input.h !== h || network.input.w !== w || network.input.c !== c) {
    yield inconsistent('network.json: the input has another shape than in info.json');
  }
  if (info.mean.length !== c || info.deviation.length !== c) {
    yield inconsistent(`info.json: mean and deviation are not of ${c} channels`);
  }
  const logits = network.layers.find(({ id }) => id === network.output)?.output;
  if (logits?.c !== info.classes.length) {
    yield inconsistent(`network.json: ${logits?.c} logits for ${info.classes.length} classes`);
  }
  const listed = new Set(network.weights.map(({ name }) => name));
  for (const { name, shape } of network.weights) {
    const found = weights.get(name)?.shape;
    if (`${found}` !== `${shape}`) {
      yield inconsistent(
        found === undefined
          ? `weights.safetensors: ${name} is missing`
          : `weights.safetensors: ${name} has shape [${found}] instead of [${shape}]`,
      );
    }
  }
  for (const name of weights.keys()) {
    if (!listed.has(name)) yield inconsistent(`weights.safetensors: ${name} is no weight of the network`);
  }
}

/** Differences of layers that are listed one by one; more are only counted. */
const LISTED = 6;

/** Layers by id: those that only one network has, and what changed in the others. */
function layerChanges(a: Network, b: Network): Change[] {
  const byId = (network: Network) => new Map(network.layers.map((layer) => [layer.id, layer]));
  const [before, after] = [byId(a), byId(b)];
  const changes = [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
    const [from, to] = [before.get(id), after.get(id)];
    if (from === undefined || to === undefined) return change(`layer ${id}`, from?.op, to?.op);
    return jsonChanges(from, to, `layer ${id}`);
  });
  if (changes.length > LISTED) {
    const both = a.layers.filter(({ id }) => after.has(id));
    const changed = both.filter((layer) => jsonChanges(layer, after.get(layer.id)).length > 0).length;
    const note = `${both.length} in both, ${changed} of them changed`;
    return [{ what: 'layers', from: before.size, to: after.size, delta: after.size - before.size, note }];
  }
  if (changes.length > 0) return changes;
  const order = ({ layers }: Network): string => layers.map(({ id }) => id).join(' ');
  const rest = ({ layers: _, ...others }: Network): object => others;
  return [...change('layer order', order(a), order(b)), ...jsonChanges(rest(a), rest(b), 'network')];
}
